import cv2
import numpy as np
import pytest
from gallery import NOW

from drivers.readings import CameraFrame, ThermalFrame
from station.kiosk.pictures import camera_jpeg, thermal_png


def test_a_wide_frame_is_made_smaller_and_keeps_its_shape():
    data = camera_jpeg(CameraFrame(np.full((720, 1280, 3), 128, np.uint8), NOW, 1), width=640)
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape == (360, 640, 3)


def test_warmer_is_lighter_and_faults_do_not_stop_the_picture():
    celsius = np.linspace(20, 40, 24 * 32, dtype=np.float32).reshape(24, 32)
    grey = cv2.imdecode(np.frombuffer(thermal_png(ThermalFrame(celsius, 29.0)), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey.shape == (192, 256)
    means = grey.mean(axis=1)
    assert (np.diff(means) > -1).all()
    assert thermal_png(ThermalFrame(np.full((24, 32), np.nan, np.float32), 29.0))


@pytest.mark.parametrize(("shape", "size"), [((62, 80), (248, 320)), ((24, 32), (192, 256)), ((120, 160), (240, 320))])
def test_a_thermal_picture_of_any_shape(shape, size):
    png = thermal_png(ThermalFrame(np.full(shape, 30.0, np.float32), 29.0))
    assert cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR).shape == (*size, 3)


def test_one_point_is_no_picture():
    assert thermal_png(ThermalFrame(np.full((1, 1), 36.0, np.float32), 29.0)) is None
