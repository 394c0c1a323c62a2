using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mano.Testing;

namespace Mano.Packages.Tests.Signatures;

/// <summary>Authorities' lists of revoked certificates, in the trust store.</summary>
public sealed class RevocationTests : IDisposable
{
    private readonly Authority _root = Authority.Root();
    private readonly Authority _provider;
    private readonly Authority _other;
    private readonly TempFolder _temp = new();

    public RevocationTests() => (_provider, _other) = (_root.Issue("Example Provider"), _root.Issue("Other Provider"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_was_revoked_is_not_trusted_and_who_was_not_is(bool pem)
    {
        Put(List(_root, _other), pem);

        Assert.Equal(["signature-revoked"], Told(_other));
        Assert.Empty(Told(_provider));
        using var stream = Signed(_other).Make();
        var warned = PackageReader.Read(stream, Options(SignaturePolicy.Warn));
        Assert.False(Assert.Single(warned.Content!.Signers).IsTrusted);
        Assert.Contains("was revoked by its authority: root.crl", Assert.Single(warned.Warnings, w => w.Rule == "signature-revoked").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outdated_list_still_revokes_and_does_not_clear()
    {
        Put(List(_root, _other, untilDays: -1));

        Assert.Equal(["signature-revoked"], Told(_other));
        Assert.Equal(["signature-crl"], Told(_provider));
    }

    [Fact]
    public void A_list_that_another_made_in_the_authoritys_name_is_told()
    {
        using var impostor = Authority.Root();
        Put(List(impostor, _other));

        Assert.Equal(["signature-crl"], Told(_other));
    }

    [Fact]
    public void A_list_of_another_authority_is_nobodys_concern()
    {
        using var elsewhere = Authority.Root("Elsewhere");
        Put(List(elsewhere, _other));

        Assert.Empty(Told(_other));
    }

    [Fact]
    public void What_is_no_list_or_a_part_of_one_stops_the_store_and_is_named()
    {
        Put([1, 2, 3], pem: false);
        Assert.Contains("root.crl is no list", Assert.Throws<InvalidDataException>(() => Told(_provider)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_openssl_makes_is_understood()
    {
        File.WriteAllText(_temp.File("ca.cnf"), "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=3650\n");
        File.WriteAllText(_temp.File("index.txt"), $"R\t361231000000Z\t261101000000Z\t{_other.Certificate.SerialNumber}\tunknown\t/CN=Other\n");
        File.WriteAllText(_temp.File("number"), "01\n");
        File.WriteAllText(_temp.File("ca.pem"), _root.Pem);
        File.WriteAllText(_temp.File("ca.key"), _root.Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Directory.CreateDirectory(_temp.File("store"));
        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "store/root.crl"]) { WorkingDirectory = _temp.FullPath, RedirectStandardError = true })!;
        Assert.True(openssl.WaitForExit(60_000) && openssl.ExitCode == 0, openssl.StandardError.ReadToEnd());

        Assert.Equal(["signature-revoked"], Told(_other));
    }

    public void Dispose()
    {
        _provider.Dispose();
        _other.Dispose();
        _root.Dispose();
        _temp.Dispose();
    }

    private static byte[] List(Authority by, Authority revoked, int untilDays = 30)
    {
        var builder = new CertificateRevocationListBuilder();
        builder.AddEntry(revoked.Certificate, Authority.Today.AddDays(-2));
        return builder.Build(by.Certificate, BigInteger.One, Authority.Today.AddDays(untilDays), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, Authority.Today.AddDays(-3));
    }

    private void Put(byte[] list, bool pem = true)
    {
        var path = Path.Combine(Directory.CreateDirectory(_temp.File("store")).FullName, "root.crl");
        File.WriteAllBytes(path, pem ? System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", list)) : list);
    }

    private static CsarMaker Signed(Authority by) =>
        new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", "\u007fELF").WithManifest(change: by.Manifest());

    private List<string> Told(Authority by)
    {
        using var stream = Signed(by).Make();
        return [.. PackageReader.Read(stream, Options(SignaturePolicy.Require)).Errors.Select(e => e.Rule)];
    }

    private PackageReadOptions Options(SignaturePolicy policy)
    {
        var folder = Directory.CreateDirectory(_temp.File("store")).FullName;
        File.WriteAllText(Path.Combine(folder, "root.pem"), _root.Pem);
        return new() { Signatures = policy, Trust = PackageTrust.FromFolder(folder), Clock = new ManualClock(Authority.Today) };
    }
}
