"""Appearance of a decoded image: color profile, orientation and background."""

import io

from PIL import Image, ImageCms

ORIENTATION = 0x0112  # EXIF tag: how the camera was held
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def in_screen_colors(image: Image.Image) -> Image.Image:
    """Conversion of print colors by their profile, or, without one, as light that the inks leave."""
    profile = image.info.get("icc_profile")
    if image.mode != "CMYK" or not profile:
        return image
    try:
        inks = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        seen = ImageCms.profileToProfile(image, inks, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a broken profile, or one of other colors, says nothing of these
        return image
    assert seen is not None  # it is where the profile is applied in place
    return seen


def upright(image: Image.Image, source: Image.Image) -> Image.Image:
    """The picture as its camera saw it, by the EXIF of `source`."""
    try:
        turn = UPRIGHT.get(source.getexif().get(ORIENTATION, 1))
    except Exception:  # a broken EXIF block, on which Pillow raises nearly everything, says nothing of the pixels
        return image
    return image if turn is None else image.transpose(turn)


def opaque(image: Image.Image, background: tuple[int, int, int], channels: int) -> Image.Image:
    """Color or gray, transparent pixels over the background."""
    if image.has_transparency_data:
        behind = Image.new("RGBA", image.size, (*background, 255))
        behind.alpha_composite(image.convert("RGBA"))
        image = behind.convert("RGB")
    return image.convert("L" if channels == 1 else "RGB")
