using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key with its text, or, where the key ends in <c>-bin</c>, its bytes.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalised(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"Key '{Key}' carries bytes, so it must end in {BinaryHeaderSuffix}.", nameof(key));
            }

            ArgumentNullException.ThrowIfNull(valueBytes);
            _bytes = [.. valueBytes];
        }

        public Entry(string key, string value)
        {
            Key = Normalised(key);
            if (IsBinary)
            {
                throw new ArgumentException($"Key '{Key}' ends in {BinaryHeaderSuffix}, so its value must be bytes.", nameof(key));
            }

            ArgumentNullException.ThrowIfNull(value);
            _text = value;
        }

        private Entry(string key, string? text, byte[]? bytes)
        {
            Key = key;
            _text = text;
            _bytes = bytes;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text; refused for a binary entry.</summary>
        public string Value => _text ?? throw new InvalidOperationException($"Entry '{Key}' is binary: read ValueBytes.");

        /// <summary>The bytes; of a text entry its ASCII bytes.</summary>
        public byte[] ValueBytes => _bytes is not null ? [.. _bytes] : Encoding.ASCII.GetBytes(_text!);

        internal ReadOnlySpan<byte> RawBytes => _bytes;

        public override string ToString() => IsBinary
            ? $"[Entry: key={Key}, valueBytes={Convert.ToBase64String(_bytes!)}]"
            : $"[Entry: key={Key}, value={_text}]";

        /// <summary>An entry as it came over the wire: the key is taken as it is, the bytes are not copied.</summary>
        internal static Entry FromWire(string key, string text) => new(key, text, null);

        internal static Entry FromWire(string key, byte[] bytes) => new(key, null, bytes);

        internal static bool IsValidKey(string key)
        {
            foreach (var c in key)
            {
                if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.'))
                {
                    return false;
                }
            }

            return key.Length > 0;
        }

        // CA1308: the wire form of a header name is lower case by RFC 9113, section 8.2.
        [System.Diagnostics.CodeAnalysis.SuppressMessage("Globalization", "CA1308", Justification = "HTTP/2 header names are lower case.")]
        private static string Normalised(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            var lower = key.ToLowerInvariant();
            return IsValidKey(lower)
                ? lower
                : throw new ArgumentException($"Metadata key '{key}' is not valid: a key has letters, digits, '_', '-' and '.' alone.", nameof(key));
        }
    }
}
