"""Where the journal's key comes from: the TPM, a supervisor's passphrase, or a bare file for the demonstration."""
