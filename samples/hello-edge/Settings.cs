using System.Globalization;
using System.Net;

namespace Mano.Samples.HelloEdge;

/// <summary>The environment of an application started by a MEC system.</summary>
/// <param name="AppInstanceId">MANO_APP_INSTANCE_ID.</param>
/// <param name="EndPoint">MANO_ADDRESS and MANO_PORT_HTTP, the port that the descriptor calls "http".</param>
/// <param name="Datagrams">MANO_ADDRESS and MANO_PORT_DATAGRAMS; null where the descriptor declares no such port.</param>
/// <param name="Mp1">MANO_MP1_URL, the root of the platform's Mp1 REST; null outside a MEC system.</param>
/// <param name="Site">MANO_SITE_ID, for the greeting.</param>
internal sealed record Settings(string AppInstanceId, IPEndPoint EndPoint, IPEndPoint? Datagrams, Uri? Mp1, string Site)
{
    private const int DefaultPort = 8080;

    public static Settings FromEnvironment()
    {
        var address = IPAddress.Parse(Read("MANO_ADDRESS") ?? "127.0.0.1");
        var port = Read("MANO_PORT_HTTP") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultPort;
        var datagrams = Read("MANO_PORT_DATAGRAMS") is { } number ? new IPEndPoint(address, int.Parse(number, CultureInfo.InvariantCulture)) : null;
        var mp1 = Read("MANO_MP1_URL") is { } url ? new Uri(url.TrimEnd('/') + "/") : null;
        return new(Read("MANO_APP_INSTANCE_ID") ?? "nobody", new(address, port), datagrams, mp1, Read("MANO_SITE_ID") ?? address.ToString());
    }

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
