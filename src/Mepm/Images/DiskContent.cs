using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Images;

/// <summary>Whether a disk's content is of the format that a VIM will be told.</summary>
internal static class DiskContent
{
    private static ReadOnlySpan<byte> Qcow => [(byte)'Q', (byte)'F', (byte)'I', 0xFB];

    /// <summary>
    /// Null when it is, or when the format has no beginning of its own. A QCOW2 that is called RAW is refused too: a hypervisor that looks
    /// for itself would follow the backing file that its author wrote into it.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Failure? Refuse(ImageReference image, string path)
    {
        if (image.Format is not (ImageFormat.Qcow2 or ImageFormat.Raw))
        {
            return null;
        }

        Span<byte> head = stackalloc byte[4];
        using var file = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        var isQcow = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)].SequenceEqual(Qcow);
        return isQcow == (image.Format == ImageFormat.Qcow2) ? null : Failure.InvalidInput(
            "IMAGE_FORMAT_WRONG",
            $"Image {image.Name} is said to be {(isQcow ? "RAW" : "QCOW2")}, and its file {(isQcow ? "begins as a QCOW2 does" : "does not begin as one")}. "
                + "Correct diskFormat in the descriptor, or convert the file (qemu-img convert).",
            image.Digest);
    }
}
