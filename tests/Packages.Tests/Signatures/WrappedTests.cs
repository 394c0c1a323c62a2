using System.Text;
using Mano.Testing;

namespace Mano.Packages.Tests.Signatures;

/// <summary>A package that is wrapped with its signature (SOL004 option 2).</summary>
public sealed class WrappedTests : IDisposable
{
    private readonly Authority _root = Authority.Root();
    private readonly Authority _provider;
    private readonly TempFolder _temp = new();

    public WrappedTests() => _provider = _root.Issue("Example Provider");

    [Theory]
    [InlineData("counter.csar", "counter.cms")]
    [InlineData("counter.csar", "counter.p7s")]
    [InlineData("counter.zip", "counter.cms")]
    [InlineData("folder/counter.csar", "folder/counter.cms")]
    public void It_is_read_and_its_signature_vouches_for_every_file_in_it(string package, string signature)
    {
        var content = Accepted(Read(Wrapped(Inner(), package, signature)));

        var signer = Assert.Single(content.Signers);
        Assert.Equal(("CN=Example Provider, O=Example", package, true), (signer.Subject, signer.Path, signer.IsTrusted));
        Assert.Equal("app.yaml", content.DescriptorPath);
        Assert.Contains(content.Artifacts, a => a.Path == "Artifacts/bin/counter");
        Assert.DoesNotContain(content.Warnings, w => w.Rule.StartsWith("signature", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(int.MaxValue, true)]
    [InlineData(int.MaxValue, false)]
    [InlineData(1, true)] // too much to be held in memory: verified as it passes by
    [InlineData(1, false)]
    public void A_package_changed_after_signing_is_refused(int most, bool withAttributes)
    {
        var inner = Inner();
        var changed = (byte[])inner.Clone();
        changed[^3] ^= 1; // of the archive's own comment length; the archive would still be read
        var limits = new PackageLimits { MaxSignedFileBytes = most };

        Assert.NotNull(Read(Wrapped(inner, withAttributes: withAttributes), limits: limits).Content);
        var told = Assert.Single(Read(Wrapped(inner, signed: changed, withAttributes: withAttributes), limits: limits).Errors, e => e.Rule == "signature-broken");
        Assert.Contains("does not fit counter.csar", told.Message, StringComparison.Ordinal);
        Assert.NotNull(Read(Wrapped(inner, signed: changed, withAttributes: withAttributes), SignaturePolicy.Warn, limits).Content);
    }

    [Fact]
    public void Signed_attributes_that_were_changed_are_found_without_the_content_in_memory()
    {
        var inner = Inner();
        var der = Convert.FromBase64String(string.Concat(_provider.Sign(inner).Split('\n').Where(l => !l.StartsWith('-'))));
        var digest = System.Security.Cryptography.SHA256.HashData(inner);
        var other = (byte[])inner.Clone();
        other[^3] ^= 1;
        System.Security.Cryptography.SHA256.HashData(other).CopyTo(der.AsSpan(der.AsSpan().IndexOf(digest)));

        var reading = Read(new CsarMaker().With("a.csar", other).With("a.cms", der), limits: new() { MaxSignedFileBytes = 1 });

        Assert.Contains(reading.Errors, e => e.Rule == "signature-broken" && e.Message.Contains("signed attributes were changed", StringComparison.Ordinal));
    }

    [Fact]
    public void The_signers_certificate_may_lie_beside_it()
    {
        var inner = Inner();
        var package = new CsarMaker().With("a.csar", inner).With("a.cms", _provider.Sign(inner, withCertificate: false)).With("a.cert", _provider.Pem);
        Assert.True(Assert.Single(Accepted(Read(package)).Signers).IsTrusted);

        var without = Read(new CsarMaker().With("a.csar", inner).With("a.cms", _provider.Sign(inner, withCertificate: false)));
        Assert.Contains("certificate is missing", Assert.Single(without.Errors, e => e.Rule == "signature-certificate").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_signature_or_with_a_strangers_it_counts_as_unsigned()
    {
        using var stranger = Authority.Root("Stranger");
        var inner = Inner();
        Assert.Contains(Read(new CsarMaker().With("a.csar", inner)).Errors, e => e.Rule == "signature-missing");
        Assert.Contains(Read(new CsarMaker().With("a.csar", inner), SignaturePolicy.Warn).Content!.Warnings, w => w.Message.Contains("a.cms", StringComparison.Ordinal));
        var told = Read(new CsarMaker().With("a.csar", inner).With("a.cms", stranger.Sign(inner))).Errors.Select(e => e.Rule).ToList();
        Assert.Contains("signature-untrusted", told);
        Assert.Contains("signature-missing", told);
    }

    [Fact]
    public void A_signature_inside_counts_as_well_and_a_wrong_digest_inside_is_told()
    {
        var signed = Package().WithManifest(change: _provider.Manifest());
        Assert.Equal(["counter.csar", "app.mf"], Accepted(Read(Wrapped(Bytes(signed)))).Signers.Select(s => s.Path));
        var wrong = Bytes(Package().WithManifest().Replace("app.yaml", Samples.Tosca + "# later\n"));
        Assert.Contains(Read(Wrapped(wrong)).Errors, e => e.Rule == "digest-mismatch");
    }

    [Fact]
    public void Its_files_are_copied_out_of_it_with_or_without_scratch()
    {
        using var package = Wrapped(Inner()).Make();
        var opened = 0;
        foreach (var scratch in new Func<Stream>?[] { null, () => { opened++; return new FileStream(_temp.File("scratch"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose); } })
        {
            var options = Options(SignaturePolicy.Require) with { Scratch = scratch };
            var artifact = PackageReader.Read(package, options).Content!.Artifacts.Single(a => a.SwImageId is not null);
            using var inside = PackageReader.Inside(package, options);
            using var copy = new MemoryStream();
            PackageReader.CopyArtifact(inside, artifact, copy);
            Assert.Equal("\u007fELF", Encoding.UTF8.GetString(copy.ToArray()));
        }

        Assert.Equal(2, opened);
        Assert.False(File.Exists(_temp.File("scratch")));
        using var plain = new MemoryStream(Inner());
        PackageReader.Inside(plain, Options(SignaturePolicy.Warn)).Dispose();
        Assert.True(plain.CanRead);
    }

    [Fact]
    public void One_that_is_too_large_for_memory_is_refused_with_a_sentence_where_there_is_no_scratch()
    {
        var reading = Read(Wrapped(Inner()), limits: new() { MaxNestedArchiveBytes = 100 });
        Assert.Contains("at most 100 are unpacked", Assert.Single(reading.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrapping_in_a_wrapping_is_not_followed()
    {
        using var once = Wrapped(Inner()).Make();
        Assert.Contains(Read(Wrapped(once.ToArray())).Errors, e => e.Rule == "no-descriptor");
    }

    public void Dispose()
    {
        _provider.Dispose();
        _root.Dispose();
        _temp.Dispose();
    }

    private static CsarMaker Package() => new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", "\u007fELF");

    private static byte[] Inner() => Bytes(Package().WithManifest());

    private static byte[] Bytes(CsarMaker package)
    {
        using var stream = package.Make();
        return stream.ToArray();
    }

    private CsarMaker Wrapped(byte[] inner, string package = "counter.csar", string signature = "counter.cms", byte[]? signed = null, bool withAttributes = true) =>
        new CsarMaker().With(package, inner).With(signature, _provider.Sign(signed ?? inner, withAttributes: withAttributes));

    private PackageReading Read(CsarMaker package, SignaturePolicy policy = SignaturePolicy.Require, PackageLimits? limits = null)
    {
        using var stream = package.Make();
        return PackageReader.Read(stream, Options(policy) with { Limits = limits ?? new() });
    }

    private PackageReadOptions Options(SignaturePolicy policy)
    {
        var folder = Directory.CreateDirectory(_temp.File("store")).FullName;
        File.WriteAllText(Path.Combine(folder, "root.pem"), _root.Pem);
        return new() { Signatures = policy, Trust = PackageTrust.FromFolder(folder), Clock = new ManualClock(Authority.Today) };
    }

    private static PackageContent Accepted(PackageReading reading)
    {
        Assert.True(reading.Content is not null, string.Join('\n', reading.Errors));
        return reading.Content!;
    }
}
