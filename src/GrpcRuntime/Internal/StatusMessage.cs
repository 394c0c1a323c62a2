using System.Buffers;
using System.Text;

namespace Mano.GrpcRuntime.Internal;

/// <summary>The percent-encoding of <c>grpc-message</c>: UTF-8, with every byte outside printable ASCII, and '%', as %XX.</summary>
internal static class StatusMessage
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c).Where(c => c != '%')]);

    public static string Encode(string message)
    {
        if (message.AsSpan().IndexOfAnyExcept(Plain) < 0)
        {
            return message;
        }

        var text = new StringBuilder(message.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7E && b != (byte)'%')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    /// <summary>Decodes what can be decoded; a '%' without two hexadecimal digits stays as it is, as the protocol asks.</summary>
    public static string Decode(string message)
    {
        if (!message.Contains('%', StringComparison.Ordinal))
        {
            return message;
        }

        var bytes = new ArrayBufferWriter<byte>(message.Length);
        for (var i = 0; i < message.Length; i++)
        {
            if (message[i] == '%' && i + 2 < message.Length
                && char.IsAsciiHexDigit(message[i + 1]) && char.IsAsciiHexDigit(message[i + 2]))
            {
                bytes.Write([Convert.ToByte(message.Substring(i + 1, 2), 16)]);
                i += 2;
            }
            else
            {
                bytes.Write(Encoding.UTF8.GetBytes([message[i]]));
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
