"""What can go wrong with a device.

DriverError
├── DeviceAbsent   nothing answers under that name; plug it in or correct the profile
├── DeviceBusy     another program holds it
├── DeviceGone     it was there and went away (cable, power)
├── DeviceSilent   it is there and says nothing
├── CaptureUnreadable   the file is no capture, or one of a newer version
└── CaptureUnwritable   a capture cannot be written: no space, no permission, a file in the way
"""


class DriverError(Exception):
    """Root of this package's errors; the message names the device and says what to do."""


class DeviceAbsent(DriverError):
    """Nothing answers under that name."""


class DeviceBusy(DriverError):
    """Another program holds the device."""


class DeviceGone(DriverError):
    """The device was there and went away."""


class DeviceSilent(DriverError):
    """The device is there and says nothing."""


class CaptureUnreadable(DriverError):
    """The file is no capture of a device, or one that this version cannot read."""


class CaptureUnwritable(DriverError):
    """A capture cannot be written; what was written before is whole."""
