using System.Security.Cryptography;

namespace Mano.VimAdapters.Contract;

/// <summary>Whether content is what its digest says.</summary>
internal static class ImageDigest
{
    /// <summary>Reads the content to its end and refuses it unless it has the digest.</summary>
    public static Task CheckAsync(ImageSource source, CancellationToken cancellationToken) =>
        CopyAsync(source, Stream.Null, long.MaxValue, cancellationToken);

    /// <summary>Copies the content, refusing it when it is over the limit or has another digest. Returns its size.</summary>
    public static async Task<long> CopyAsync(ImageSource source, Stream target, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        var size = 0L;
        try
        {
            await using var content = await source.OpenAsync(cancellationToken);
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                size += read;
                if (size > maxBytes)
                {
                    throw VimFailures.NoRoom($"image/{source.Image.Digest}", $"The image is over {maxBytes} bytes, which is the most that is taken here.").ToException();
                }

                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (Exception e) when (source.LocalPath is not null && e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw VimFailures.BadContent(source.Image.Digest, $"{source.LocalPath} cannot be read: {e.Message}").ToException();
        }

        var digest = "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
        if (size == 0)
        {
            throw VimFailures.BadImage(source.Image.Digest, "The image is empty.").ToException();
        }

        return digest == source.Image.Digest
            ? size
            : throw VimFailures.BadContent(source.Image.Digest, $"The content has digest {digest}, not {source.Image.Digest}; fetch it again.").ToException();
    }
}
