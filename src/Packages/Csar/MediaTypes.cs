namespace Mano.Packages.Csar;

/// <summary>What a file is, by its first bytes, else by its name. A hint: nothing is decided by it.</summary>
internal static class MediaTypes
{
    private const int TarMagicAt = 257;

    internal static string Of(string path, ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\u007fELF"u8))
        {
            return "application/x-executable";
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return "application/gzip";
        }

        if (head.StartsWith("PK\u0003\u0004"u8))
        {
            return "application/zip";
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[(byte)'Q', (byte)'F', (byte)'I', 0xFB]))
        {
            return "application/x-qemu-disk";
        }

        if (head.Length > TarMagicAt + 5 && head[TarMagicAt..].StartsWith("ustar"u8))
        {
            return "application/x-tar";
        }

        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".YAML" or ".YML" => "application/yaml",
            ".JSON" => "application/json",
            ".MF" or ".META" or ".TXT" or ".MD" => "text/plain",
            ".SH" => "application/x-sh",
            _ => "application/octet-stream",
        };
    }
}
