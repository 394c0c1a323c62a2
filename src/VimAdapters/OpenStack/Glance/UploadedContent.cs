using System.Net;
using System.Security.Cryptography;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.OpenStack.Glance;

/// <summary>
/// The content of an image on its way to Glance. It is looked at as it passes: what is no image of its format, or has another digest,
/// breaks the request off before its end, so that Glance never holds a whole image that is not what its digest says.
/// </summary>
internal sealed class UploadedContent(ImageSource source, Stream content) : HttpContent
{
    private const int HeaderBytes = 72;

    /// <summary>Why it broke off; null: it did not.</summary>
    public Failure? Fault { get; private set; }

    /// <summary>What Glance must say of it, when it is there: bytes, and the digests by their names.</summary>
    public long Size { get; private set; }

    public IReadOnlyDictionary<string, string> Digests { get; private set; } = new Dictionary<string, string>();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => CopyAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => CopyAsync(stream, cancellationToken);

    // Unknown, so that it goes in chunks: only so can it be broken off.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task CopyAsync(Stream target, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var buffer = new byte[256 * 1024];
        int read;
        while ((read = await content.ReadAtLeastAsync(buffer, Size == 0 ? HeaderBytes : 1, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            if (Size == 0)
            {
                Refuse(ImageHeader.FaultOf(source.Image, buffer.AsSpan(0, read)));
            }

            Size += read;
            sha256.AppendData(buffer, 0, read);
            sha512.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        var digest = Convert.ToHexStringLower(sha256.GetHashAndReset());
        Refuse(Size == 0 ? VimFailures.BadImage(source.Image.Digest, "The image is empty.")
            : "sha256:" + digest != source.Image.Digest ? VimFailures.BadContent(source.Image.Digest, $"The content has digest sha256:{digest}, not {source.Image.Digest}; fetch it again.")
            : null);
        Digests = new Dictionary<string, string> { ["sha256"] = digest, ["sha512"] = Convert.ToHexStringLower(sha512.GetHashAndReset()) };
    }

    private void Refuse(Failure? fault)
    {
        if (fault is not null)
        {
            Fault = fault;
            throw fault.ToException();
        }
    }
}

/// <summary>What the first bytes of an image say of it. Pure.</summary>
internal static class ImageHeader
{
    private static ReadOnlySpan<byte> Qcow2Magic => [(byte)'Q', (byte)'F', (byte)'I', 0xfb];

    public static Failure? FaultOf(ImageReference image, ReadOnlySpan<byte> header)
    {
        var isQcow2 = header.StartsWith(Qcow2Magic);
        return (image.Format, isQcow2) switch
        {
            (ImageFormat.Qcow2, false) => VimFailures.BadImage(image.Digest, "It is said to be a qcow2 disk and does not begin as one."),

            // Its base would be looked for on the hypervisor's own disk: whoever made it could read other people's files.
            (ImageFormat.Qcow2, true) when header.Length < 16 || header.Slice(8, 8).IndexOfAnyExcept((byte)0) >= 0 =>
                VimFailures.BadImage(image.Digest, "It is a qcow2 disk that needs another file below it; flatten it (qemu-img convert)."),
            (ImageFormat.Raw, true) => VimFailures.BadImage(image.Digest, "It is said to be a raw disk and is a qcow2 one."),
            _ => null,
        };
    }
}
