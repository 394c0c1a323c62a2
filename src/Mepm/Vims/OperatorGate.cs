using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Http;

namespace Mano.Mepm.Vims;

/// <summary>Who may look at and change the VIMs of this site, and over what a secret may come.</summary>
/// <param name="operators">Names in certificates; none: whoever gets in.</param>
internal sealed class OperatorGate(IReadOnlyList<string> operators)
{
    /// <summary>Refuses a caller whose certificate does not have one of the names. Without TLS nobody has a name, and who reaches us is trusted.</summary>
    public void Admit(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        if (operators.Count == 0 || !http.Request.IsHttps)
        {
            return;
        }

        var names = http.Connection.ClientCertificate is { } certificate ? NamesOf(certificate) : [];
        if (!names.Intersect(operators, StringComparer.OrdinalIgnoreCase).Any())
        {
            throw Failure.Forbidden("NOT_AN_OPERATOR",
                $"VIMs and hosts of this site are for its operators ({string.Join(", ", operators)}); your certificate is for {(names.Count == 0 ? "nobody" : string.Join(", ", names))}.").ToException();
        }
    }

    /// <summary>Refuses a secret that anybody on the way could have read.</summary>
    public static void AdmitSecrets(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var (there, here) = (http.Connection.RemoteIpAddress, http.Connection.LocalIpAddress);
        if (!http.Request.IsHttps && there is not null && !IPAddress.IsLoopback(there) && !there.Equals(here))
        {
            throw Failure.Forbidden("SECRET_UNPROTECTED",
                $"A secret came over an unprotected connection from {there}, and was not taken: change it, and give it over TLS (--tls-cert at the MEPM) or from the MEPM's own machine.").ToException();
        }
    }

    private static List<string> NamesOf(X509Certificate2 certificate)
    {
        var names = new List<string> { certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) };
        foreach (var alternatives in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(alternatives.EnumerateDnsNames());
        }

        return [.. names.Where(n => n.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
