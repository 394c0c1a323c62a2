using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;

namespace Mano.GrpcRuntime.Server;

/// <summary>Who the caller is by its client certificate, under the names gRPC uses.</summary>
internal static class CallerIdentity
{
    private const string CommonName = "x509_common_name";
    private const string AlternativeName = "x509_subject_alternative_name";

    private static readonly AuthContext Nobody = new(null, []);

    public static AuthContext Of(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return Nobody;
        }

        var properties = new Dictionary<string, List<AuthProperty>>(StringComparer.Ordinal);
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            foreach (var name in extension.EnumerateDnsNames())
            {
                Add(properties, AlternativeName, name);
            }
        }

        if (certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common)
        {
            Add(properties, CommonName, common);
        }

        var identity = properties.ContainsKey(AlternativeName) ? AlternativeName : properties.ContainsKey(CommonName) ? CommonName : null;
        return new AuthContext(identity, properties);
    }

    private static void Add(Dictionary<string, List<AuthProperty>> properties, string name, string value)
    {
        if (!properties.TryGetValue(name, out var values))
        {
            properties[name] = values = [];
        }

        values.Add(AuthProperty.Create(name, Encoding.UTF8.GetBytes(value)));
    }
}
