using System.Buffers;
using Grpc.Core;

namespace Mano.GrpcRuntime.Internal;

/// <summary>Metadata as header values: ASCII as it is, bytes as base64, several values of bytes joined by commas.</summary>
internal static class MetadataWire
{
    private static readonly SearchValues<char> Sendable = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c)]);

    /// <summary>The header value of an entry. Base64 goes without padding, as the protocol asks.</summary>
    public static string ValueOf(Metadata.Entry entry)
    {
        if (entry.IsBinary)
        {
            return Convert.ToBase64String(entry.RawBytes).TrimEnd('=');
        }

        var text = entry.Value;
        return text.AsSpan().IndexOfAnyExcept(Sendable) < 0
            ? text
            : string.Create(text.Length, text, static (span, from) =>
            {
                for (var i = 0; i < from.Length; i++)
                {
                    span[i] = from[i] is >= ' ' and <= '~' ? from[i] : '?';
                }
            });
    }

    /// <summary>Adds what a header carries; bytes that are no base64 are left out.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Globalization", "CA1308", Justification = "HTTP/2 header names are lower case.")]
    public static void AddTo(Metadata metadata, string name, string? value)
    {
        if (value is null || GrpcProtocol.IsReserved(name))
        {
            return;
        }

        var key = name.ToLowerInvariant();
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(Metadata.Entry.FromWire(key, value));
            return;
        }

        foreach (var part in value.AsSpan().Split(','))
        {
            if (TryDecode(value.AsSpan(part).Trim(), out var bytes))
            {
                metadata.Add(Metadata.Entry.FromWire(key, bytes));
            }
        }
    }

    /// <summary>Base64 with or without padding.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var padded = text.TrimEnd('=').ToString();
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        var buffer = new byte[padded.Length / 4 * 3];
        if (!Convert.TryFromBase64String(padded, buffer, out var written))
        {
            bytes = [];
            return false;
        }

        bytes = buffer[..written];
        return true;
    }
}
