using System.Buffers.Binary;
using System.Text;

namespace Mano.Packages.Tests.Fuzz;

/// <summary>Changes that know a little of what they change: texts keep their lines, archives their structure.</summary>
internal static class Mutations
{
    private static readonly string[] Values =
    [
        "", "~", "null", "true", "-1", "0", "99999999999999999999", "1e999", "NaN", "0x10", "1_000", "'", "\"", "{", "[", "]", "}", "*a", "&a", "!!binary x", "!!python/object:x {}",
        "|", ">", "- - - -", "? a", "<<: *a", "{ get_input: memory }", "{ get_input: [a] }", "{ concat: [a, b] }", "203.0.113.10-203.0.113.1", "::", "2001:db8::/129", "10.0.0.0/33", "65536", "80-70", "1 EB",
        "0.0000000001 GB", "http://x", "\u0000", "\uFEFF", "ﾊ", "\u202E", "SHA-256", "SHA-512", "MD5", "../../x", "DROP", "DUPLICATE_ENCAPSULATED", "TUNNEL", "mano-process", "2026-13-45",
    ];

    private static readonly uint[] Extremes = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFF, 65, 1 << 20, 1 << 30];

    private static ReadOnlySpan<byte> Telling => "\t\n{}[]:-&*!|>'\"%@`#,?0\\\u0000"u8;

    internal static byte[] Text(byte[] content, Random random)
    {
        var lines = Encoding.UTF8.GetString(content).Split('\n').ToList();
        for (var changes = random.Next(1, 4); changes > 0 && lines.Count > 1; changes--)
        {
            Line(lines, random.Next(lines.Count), random);
        }

        var text = Encoding.UTF8.GetBytes(string.Join(random.Next(20) == 0 ? "\r\n" : "\n", lines));
        return random.Next(20) == 0 ? Bytes(text, random) : text;
    }

    private static void Line(List<string> lines, int at, Random random)
    {
        var line = lines[at];
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        switch (random.Next(12))
        {
            case 0 or 1 or 2 or 3 when colon > 0:
                lines[at] = line[..(colon + 1)] + " " + Values[random.Next(Values.Length)] + (random.Next(3) == 0 && line.EndsWith(',') ? "," : "");
                break;
            case 4:
                lines.RemoveAt(at);
                break;
            case 5:
                lines.Insert(at, lines[random.Next(lines.Count)]);
                break;
            case 6:
                (lines[at], var other) = (lines[random.Next(lines.Count)], line);
                lines[random.Next(lines.Count)] = other;
                break;
            case 7:
                lines[at] = new string(random.Next(10) == 0 ? '\t' : ' ', random.Next(20)) + line.TrimStart();
                break;
            case 8:
                lines[at] = line + Deep(random);
                break;
            case 9:
                lines.InsertRange(at, Aliases(line, random));
                break;
            case 10 when line.Length > 0:
                lines[at] = line.Remove(random.Next(line.Length), 1);
                break;
            default:
                lines[at] = line.Insert(random.Next(line.Length + 1), Values[random.Next(Values.Length)]);
                break;
        }
    }

    /// <summary>Nested as deep as the limit, or far deeper.</summary>
    private static string Deep(Random random)
    {
        var depth = random.Next(4) == 0 ? random.Next(1000, 20_000) : random.Next(100);
        return random.Next(2) == 0 ? new string('[', depth) + new string(']', depth) : string.Concat(Enumerable.Repeat("{a: ", depth)) + new string('}', depth);
    }

    /// <summary>Each level ten times the one before it.</summary>
    private static IEnumerable<string> Aliases(string line, Random random)
    {
        var indent = new string(' ', line.Length - line.TrimStart(' ').Length);
        yield return $"{indent}a0: &a0 [x, x, x, x, x, x, x, x, x, x]";
        for (var level = 1; level < random.Next(2, 12); level++)
        {
            yield return $"{indent}a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]";
        }
    }

    internal static byte[] Bytes(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 8; changes--)
        {
            var at = random.Next(bytes.Count);
            var count = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, count);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, count));
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(20) == 0 ? bytes.Count - at : 0);
                    break;
                default:
                    bytes[at] = Telling[random.Next(Telling.Length)];
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Sizes, offsets, counts and flags in a ZIP's own records; else any bytes.</summary>
    internal static byte[] Archive(byte[] whole, Random random)
    {
        var bytes = whole.ToArray();
        var records = Records(bytes).ToList();
        if (records.Count == 0 || random.Next(4) == 0)
        {
            return Bytes(bytes, random);
        }

        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var (at, length) = records[random.Next(records.Count)];
            var field = at + 4 + random.Next(length - 4);
            if (random.Next(2) == 0 && field + 4 <= bytes.Length)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(field), Extremes[random.Next(Extremes.Length)]);
            }
            else
            {
                bytes[field] ^= (byte)(1 << random.Next(8));
            }
        }

        return bytes;
    }

    /// <summary>Where local headers, directory entries and the end record stand, and their fixed lengths.</summary>
    private static IEnumerable<(int At, int Length)> Records(byte[] bytes)
    {
        for (var i = 0; i + 46 < bytes.Length + 24 && i + 22 <= bytes.Length; i++)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i)) switch { 0x04034b50 => 30, 0x02014b50 => 46, 0x06054b50 => 22, _ => 0 };
            if (length > 0 && i + length <= bytes.Length)
            {
                yield return (i, length);
            }
        }
    }
}
