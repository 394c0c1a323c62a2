using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mano.Testing;

namespace Mano.Packages.Tests.Signatures;

/// <summary>Who signed a package, and whether that counts.</summary>
public sealed class SignatureTests : IDisposable
{
    private const string Sha1 = "1.3.14.3.2.26";
    private const string Sha512 = "2.16.840.1.101.3.4.2.3";
    private readonly Authority _root = Authority.Root();
    private readonly Authority _provider;
    private readonly TempFolder _temp = new();

    public SignatureTests() => _provider = _root.Issue("Example Provider");

    [Theory]
    [InlineData("SHA-256", "2.16.840.1.101.3.4.2.1")]
    [InlineData("SHA-512", Sha512)]
    public void A_package_signed_by_somebody_trusted_is_accepted_and_says_by_whom(string algorithm, string digest)
    {
        var reading = Read(Unsigned().WithManifest(algorithm, _provider.Manifest(digest)));

        Assert.DoesNotContain(reading.Faults, f => f.Rule.StartsWith("signature", StringComparison.Ordinal));
        var signer = Assert.Single(reading.Content!.Signers);
        Assert.Equal(("CN=Example Provider, O=Example", "app.mf", true), (signer.Subject, signer.Path, signer.IsTrusted));
    }

    [Fact]
    public void The_certificate_may_lie_beside_the_manifest()
    {
        var package = new CsarMaker().WithMeta("app.yaml", more: "ETSI-Entry-Certificate: signer.cert\n").With("app.yaml", Samples.Tosca)
            .With("Artifacts/bin/counter", "\u007fELF").WithManifest(change: _provider.Manifest(withCertificate: false)).With("signer.cert", _provider.Pem);

        var reading = Read(package);

        Assert.True(Assert.Single(Accepted(reading).Signers).IsTrusted);
    }

    [Fact]
    public void A_provider_may_be_trusted_without_the_authority_above()
    {
        Assert.True(Assert.Single(Accepted(Read(Signed(), trusted: _provider)).Signers).IsTrusted);
    }

    [Fact]
    public void An_unsigned_package_is_accepted_unless_signatures_are_required()
    {
        Assert.NotNull(Read(Unsigned().WithManifest(), SignaturePolicy.Warn).Content);

        var fault = Assert.Single(Read(Unsigned().WithManifest()).Errors);
        Assert.Equal(("signature-missing", "app.mf"), (fault.Rule, fault.File));
        Assert.Contains("openssl cms -sign", fault.Message, StringComparison.Ordinal);
        Assert.Contains(Read(Unsigned()).Errors, f => f.Rule == "no-manifest");
    }

    [Fact]
    public void A_manifest_changed_after_signing_is_told()
    {
        var told = Refused(Unsigned().WithManifest(change: text => _provider.Manifest()(text).Replace("vnfm_info: etsivnfm:v2.3.1", "vnfm_info: etsivnfm:v2.3.2", StringComparison.Ordinal)));

        Assert.Equal("signature-broken", told.Rule);
        Assert.Contains("changed after signing", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_changed_after_signing_is_refused_even_where_wrong_digests_only_warn()
    {
        var manifest = Unsigned().WithManifest(change: _provider.Manifest());
        var changed = new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", "\u007fELF, changed").With("app.mf", manifest.Content("app.mf"));

        using var stream = changed.Make();
        var reading = PackageReader.Read(stream, Options(SignaturePolicy.Require) with { Integrity = IntegrityPolicy.Warn });

        Assert.Equal("digest-mismatch", Assert.Single(reading.Errors).Rule);
    }

    [Fact]
    public void What_stands_after_the_signature_vouches_for_nothing()
    {
        var reading = Read(Unsigned().WithManifest(change: text => _provider.Manifest()(text) + "\nSource: evil\nAlgorithm: SHA-256\nHash: 00\n"));

        Assert.All(reading.Errors, f => Assert.Equal("after-signature", f.Rule));
        Assert.Equal(3, reading.Errors.Count());
    }

    [Fact]
    public void Expired_untrusted_and_weak_signers_are_told_each_with_its_reason()
    {
        using var expired = _root.Issue("Old", -400, -30);
        using var stranger = Authority.Root("Stranger");
        using var weak = _root.Issue("Weak", bits: 1024);
        using var encipher = _root.Issue("Server", usage: X509KeyUsageFlags.KeyEncipherment);

        Assert.Contains("valid from 2025-10-17 to 2026-10-22", Refused(Signed(expired), "signature-expired").Message, StringComparison.Ordinal);
        Assert.Contains("none of these is among the 1 in the trust store", Refused(Signed(stranger), "signature-untrusted").Message, StringComparison.Ordinal);
        Assert.Contains("1024 bits", Refused(Signed(weak), "signature-weak-key").Message, StringComparison.Ordinal);
        Assert.Contains("not made for signing", Refused(Signed(encipher), "signature-certificate").Message, StringComparison.Ordinal);
        Assert.Contains("sha1", Refused(Unsigned().WithManifest(change: _provider.Manifest(Sha1)), "signature-algorithm").Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_signers_certificate_whose_dates_are_no_dates_is_told()
    {
        var since = _provider.Certificate.NotBefore.ToUniversalTime().ToString("yyMMddHHmmss'Z'", CultureInfo.InvariantCulture);
        string Garbled(string pem)
        {
            var cms = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
            cms[cms.AsSpan().IndexOf(Encoding.ASCII.GetBytes(since))] = (byte)'x';
            return PemEncoding.WriteString("CMS", cms) + "\n";
        }

        var package = Unsigned().WithManifest(change: text => text + "\n" + Garbled(_provider.Sign(Encoding.UTF8.GetBytes(text + "\n"))));

        Assert.Contains("cannot be read", Refused(package, "signature-certificate").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_nobody_trusted_the_sentence_says_how_to_set_a_trust_store()
    {
        using var stream = Signed().Make();
        var reading = PackageReader.Read(stream, Options(SignaturePolicy.Warn) with { Trust = PackageTrust.Nobody });

        Assert.Contains("--package-trust", Assert.Single(reading.Warnings, f => f.Rule == "signature-untrusted").Message, StringComparison.Ordinal);
        Assert.False(Assert.Single(reading.Content!.Signers).IsTrusted);
    }

    [Fact]
    public void Faults_of_signatures_are_warnings_where_the_policy_says_so_and_nothing_where_they_are_ignored()
    {
        var broken = Unsigned().WithManifest(change: text => text + "\n-----BEGIN CMS-----\nbm90aGluZw==\n-----END CMS-----\n");

        Assert.Equal("signature-broken", Assert.Single(Read(broken, SignaturePolicy.Warn).Warnings, f => f.Rule.StartsWith("signature", StringComparison.Ordinal)).Rule);
        Assert.Equal("signature-ignored", Assert.Single(Read(broken, SignaturePolicy.Ignore).Warnings, f => f.Rule.StartsWith("signature", StringComparison.Ordinal)).Rule);
        Assert.Equal("signature-broken", Refused(broken).Rule);
    }

    [Fact]
    public void A_signer_nobody_brings_a_certificate_of_is_told() =>
        Assert.Contains("ETSI-Entry-Certificate", Refused(Unsigned().WithManifest(change: _provider.Manifest(withCertificate: false)), "signature-certificate").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(SubjectIdentifierType.IssuerAndSerialNumber)]
    [InlineData(SubjectIdentifierType.SubjectKeyIdentifier)]
    public void A_file_may_have_a_signature_of_its_own(SubjectIdentifierType by)
    {
        byte[] program = [0x7F, (byte)'E', (byte)'L', (byte)'F'];
        CsarMaker Make(byte[] content) => new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca)
            .With("Artifacts/bin/counter.cms", _provider.Sign(program, withCertificate: false, by: by)).With("Artifacts/bin/counter.cert", _provider.Pem)
            .WithManifest(change: text => _provider.Manifest()(text
                + "\nSource: Artifacts/bin/counter\nSignature: Artifacts/bin/counter.cms\nCertificate: Artifacts/bin/counter.cert\n")).With("Artifacts/bin/counter", content);

        Assert.Equal(["app.mf", "Artifacts/bin/counter"], Accepted(Read(Make(program))).Signers.Select(s => s.Path));
        var told = Read(Make([.. program, 1])).Errors.ToList();
        Assert.Equal(["signature-broken", "uncovered-file"], told.Select(f => f.Rule));
        Assert.StartsWith("Source: Artifacts/bin/counter", told[0].Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_that_encloses_another_list_of_files_is_told()
    {
        string Enclosing(string text, string signed) => text + "\n" + _provider.Sign(Encoding.UTF8.GetBytes(signed), enclose: true);

        Assert.NotNull(Read(Unsigned().WithManifest(change: text => Enclosing(text, text[text.IndexOf("Source:", StringComparison.Ordinal)..].TrimEnd()))).Content);
        var told = Read(Unsigned().WithManifest(change: text => Enclosing(text, text.Replace("Hash: ", "Hash: 0", StringComparison.Ordinal)))).Errors.ToList();
        Assert.Equal(3, told.Count); // one for each file
        Assert.All(told, f => Assert.Equal("signature-broken", f.Rule));
    }

    [Fact]
    public void The_trust_store_is_a_folder_and_a_file_in_it_that_is_no_certificate_is_named()
    {
        var folder = Directory.CreateDirectory(_temp.File("trust")).FullName;
        File.WriteAllText(Path.Combine(folder, "both.pem"), _root.Pem + _provider.Pem);
        File.WriteAllBytes(Path.Combine(folder, "root.der"), _root.Certificate.RawData);
        File.WriteAllText(Path.Combine(folder, "README"), "not looked at");
        Assert.Equal(3, PackageTrust.FromFolder(folder).Certificates.Count);

        File.WriteAllText(Path.Combine(folder, "wrong.crt"), "no certificate");
        Assert.Contains("wrong.crt is no X.509 certificate", Assert.Throws<InvalidDataException>(() => PackageTrust.FromFolder(folder)).Message, StringComparison.Ordinal);
        Assert.Contains("There is no folder", Assert.Throws<InvalidDataException>(() => PackageTrust.FromFolder(folder + "2")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-binary")]
    [InlineData("-nodetach", "-binary")]
    [InlineData("-md", "sha512")]
    public void What_openssl_signs_is_understood(params string[] how)
    {
        var unsigned = Encoding.UTF8.GetString(Unsigned().WithManifest().Content("app.mf"));
        var (manifest, key, certificate) = (_temp.File("app.mf"), _temp.File("key.pem"), _temp.File("signer.pem"));
        File.WriteAllText(manifest, unsigned);
        File.WriteAllText(key, _provider.Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificate, _provider.Pem);
        var start = new ProcessStartInfo("openssl", ["cms", "-sign", .. how, "-signer", certificate, "-inkey", key, "-in", manifest, "-outform", "PEM"]) { RedirectStandardOutput = true };
        using var openssl = Process.Start(start)!;
        var signature = openssl.StandardOutput.ReadToEnd();
        openssl.WaitForExit();

        var reading = Read(Unsigned().With("app.mf", unsigned + signature));

        Assert.True(Assert.Single(Accepted(reading).Signers).IsTrusted);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _root.Dispose();
        _temp.Dispose();
    }

    private static CsarMaker Unsigned() => new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", "\u007fELF");

    private CsarMaker Signed(Authority? by = null) => Unsigned().WithManifest(change: (by ?? _provider).Manifest());

    private PackageReading Read(CsarMaker package, SignaturePolicy policy = SignaturePolicy.Require, Authority? trusted = null)
    {
        using var stream = package.Make();
        return PackageReader.Read(stream, Options(policy, trusted));
    }

    private PackageReadOptions Options(SignaturePolicy policy, Authority? trusted = null)
    {
        var folder = Directory.CreateDirectory(_temp.File("store")).FullName;
        File.WriteAllText(Path.Combine(folder, "root.pem"), (trusted ?? _root).Pem);
        return new() { Signatures = policy, Trust = PackageTrust.FromFolder(folder), Clock = new ManualClock(Authority.Today) };
    }

    private Fault Refused(CsarMaker package, string? rule = null)
    {
        var errors = Read(package).Errors.ToList();
        Assert.Equal([rule ?? errors.FirstOrDefault()?.Rule ?? "no error"], errors.Select(e => e.Rule));
        return errors[0];
    }

    private static PackageContent Accepted(PackageReading reading)
    {
        Assert.True(reading.Content is not null, string.Join('\n', reading.Errors));
        return reading.Content!;
    }
}
