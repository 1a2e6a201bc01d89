"""The words on the wire, signing, enrolment and the uplink."""
