using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mano.Mesh.Security;
using Mano.Testing;

namespace Mano.Mesh.Tests.Security;

/// <summary>A certificate authority made for one test, writing PEM files as an operator's tool would.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly TempFolder folder;
    private readonly X509Certificate2 root;

    public TestAuthority(TempFolder folder, string name)
    {
        this.folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root = request.CreateSelfSigned(Yesterday, Yesterday.AddDays(10));
        RootFile = Write($"{name}.ca.pem", root.ExportCertificatePem());
    }

    public string RootFile { get; }

    private static DateTimeOffset Yesterday => TimeProvider.System.GetUtcNow().AddDays(-1);

    public MeshCertificates Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(root, Yesterday, Yesterday.AddDays(5), RandomNumberGenerator.GetBytes(8));
        var certificate = Write($"{name}.pem", issued.ExportCertificatePem());
        return MeshCertificates.Load(certificate, Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()), RootFile);
    }

    public void Dispose() => root.Dispose();

    private string Write(string name, string pem)
    {
        var file = folder.File(name);
        File.WriteAllText(file, pem);
        return file;
    }
}
