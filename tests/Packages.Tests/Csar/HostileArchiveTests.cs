using System.Buffers.Binary;
using System.IO.Compression;

namespace Mano.Packages.Tests.Csar;

/// <summary>Archives made to do harm, or broken on the way.</summary>
public sealed class HostileArchiveTests
{
    [Theory]
    [InlineData("../evil", "lead out of the archive")]
    [InlineData("a/../../evil", "lead out of the archive")]
    [InlineData("/etc/passwd", "absolute")]
    [InlineData("C:/evil", "absolute")]
    [InlineData("a\\..\\evil", "backslash")]
    [InlineData("a//b", "empty segment")]
    [InlineData("a/./b", "empty segment")]
    [InlineData("a\nb", "control characters")]
    public void A_path_that_leads_elsewhere_is_refused(string path, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Refused(new CsarMaker().With(path, "x"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0xA1FF, "symbolic link")]
    [InlineData(0x61B0, "device, pipe or socket")]
    [InlineData(0x11B0, "device, pipe or socket")]
    public void Links_and_devices_are_refused(int mode, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Refused(new CsarMaker().With("link", "/etc/passwd", mode << 16))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_path_that_stands_twice_is_refused() => Assert.Equal("duplicate-entry", Assert.Single(Refused(new CsarMaker().With("a", "1").With("a", "2"))).Rule);

    [Fact]
    public void A_file_that_is_also_a_folder_is_refused() => Assert.Equal("bad-path", Assert.Single(Refused(new CsarMaker().With("a", "1").With("a/b", "2"))).Rule);

    [Fact]
    public void A_bomb_is_refused_by_its_ratio_before_it_is_unpacked() =>
        Assert.Equal("ratio", Assert.Single(Refused(new CsarMaker().With("zeros", new byte[50 << 20]), CompressionLevel.SmallestSize)).Rule);

    [Fact]
    public void Too_many_entries_are_refused_before_they_are_looked_at()
    {
        var package = new CsarMaker();
        for (var i = 0; i < 200; i++)
        {
            package.With($"file{i}", "");
        }

        Assert.Contains("200 entries", Assert.Single(Refused(package, limits: new() { MaxEntries = 100 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_larger_than_it_says_is_refused_unread()
    {
        // The end record claims one entry, the directory has 3,000.
        var package = new CsarMaker();
        for (var i = 0; i < 3000; i++)
        {
            package.With($"{new string('f', 200)}{i}", "");
        }

        var bytes = package.Make().ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 14), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 12), 1);

        Assert.Contains("more than 100 entries need", Assert.Single(Read(bytes, new() { MaxEntries = 100 }).Errors).Message, StringComparison.Ordinal);
        Assert.Equal("unreadable", Assert.Single(Read(bytes).Errors).Rule);
    }

    [Fact]
    public void Sizes_over_the_limits_are_refused()
    {
        var random = new byte[3 << 20];
        new Random(1).NextBytes(random);

        Assert.Equal("too-large", Assert.Single(Refused(new CsarMaker().With("a", random), limits: new() { MaxEntryBytes = 1 << 20 })).Rule);
        Assert.Equal("too-large", Assert.Single(Refused(new CsarMaker().With("a", random).With("b", random), limits: new() { MaxTotalBytes = 4 << 20 })).Rule);
        Assert.Equal("too-large", Assert.Single(Refused(new CsarMaker().With("a", random), limits: new() { MaxPackageBytes = 1 << 20 })).Rule);
        Assert.Equal("bad-path", Assert.Single(Refused(new CsarMaker().With(string.Join('/', Enumerable.Repeat("d", 40)), "x"))).Rule);
    }

    [Fact]
    public void An_archive_within_an_archive_is_bounded_as_well()
    {
        var inner = new CsarMaker().With("zeros", new byte[20 << 20]).Make(CompressionLevel.SmallestSize).ToArray();
        var outer = new CsarMaker().WithMeta("APPD/app.zip", null).With("APPD/app.zip", inner);

        var fault = Assert.Single(Refused(outer));

        Assert.Equal(("ratio", "APPD/app.zip!zeros"), (fault.Rule, fault.File));
    }

    [Fact]
    public void A_damaged_file_is_told()
    {
        var bytes = new CsarMaker().WithMeta("app.yaml", null).With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", new string('q', 4000)).Make(CompressionLevel.NoCompression).ToArray();
        bytes[bytes.AsSpan().IndexOf("qqqqqqqq"u8) + 100] ^= 1;

        Assert.Contains(Read(bytes).Errors, f => f is { Rule: "damaged-entry", File: "Artifacts/bin/counter" });
    }

    [Fact]
    public void An_archive_cut_off_anywhere_is_refused()
    {
        var bytes = new CsarMaker().WithMeta("app.yaml", null).With("app.yaml", Samples.Tosca).Make().ToArray();
        for (var length = 2; length < bytes.Length; length += 37)
        {
            Assert.Null(Read(bytes[..length]).Content);
        }
    }

    [Fact]
    public void No_change_of_bytes_makes_the_reader_throw_or_write()
    {
        var whole = new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", "\u007fELF").WithManifest().Make().ToArray();
        var random = new Random(20261121);
        for (var i = 0; i < 3000; i++)
        {
            Read(Mutate(whole, random));
        }
    }

    [Fact]
    public void No_change_of_text_makes_the_reader_throw()
    {
        var random = new Random(20261121);
        foreach (var text in new[] { Samples.Tosca, Samples.Json })
        {
            var whole = System.Text.Encoding.UTF8.GetBytes(text);
            for (var i = 0; i < 2000; i++)
            {
                Descriptor.Read(Mutate(whole, random));
            }
        }
    }

    private static ReadOnlySpan<byte> Telling => "\t\n{}[]:-&*!|>'\"%@`#,?0"u8;

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 8; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    bytes[at] = Telling[random.Next(Telling.Length)];
                    break;
            }
        }

        return [.. bytes];
    }

    private static List<Fault> Refused(CsarMaker package, CompressionLevel level = CompressionLevel.Fastest, PackageLimits? limits = null)
    {
        var reading = Read(package.Make(level).ToArray(), limits);
        Assert.Null(reading.Content);
        return [.. reading.Errors];
    }

    private static PackageReading Read(byte[] bytes, PackageLimits? limits = null)
    {
        using var stream = new MemoryStream(bytes);
        return PackageReader.Read(stream, new() { Limits = limits ?? new() });
    }
}
