using System.Text;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>The two files that a compute's output is rotated through.</summary>
internal static class LogFiles
{
    /// <summary>The end of the output.</summary>
    public static async Task<ComputeLog> ReadTailAsync(string path, int limit, CancellationToken cancellationToken)
    {
        // The newer file first: when it is rotated in between, its text is read twice at worst, and never missed.
        var (newer, newerSize) = await ReadEndAsync(path, limit, cancellationToken);
        var (older, olderSize) = await ReadEndAsync(path + ".1", limit - newer.Length, cancellationToken);
        byte[] bytes = [.. older, .. newer];
        return new(Encoding.UTF8.GetString(bytes), newerSize + olderSize > bytes.Length);
    }

    private static async Task<(byte[] Bytes, long Size)> ReadEndAsync(string path, int limit, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var size = file.Length;
            file.Position = Math.Max(0, size - limit);
            var bytes = new byte[(int)Math.Min(limit, size)];
            var read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return (bytes[..read], size);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], 0);
        }
    }
}
