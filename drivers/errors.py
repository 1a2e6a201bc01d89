"""What can go wrong with a device.

DriverError
├── DeviceAbsent   nothing answers under that name; plug it in or correct the profile
├── DeviceBusy     another program holds it
├── DeviceGone     it was there and went away (cable, power)
└── DeviceSilent   it is there and says nothing
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
