using System.Globalization;

namespace Mano.Mesh.Discovery.Consul;

/// <summary>Times as Go spells them.</summary>
internal static class ConsulTime
{
    public static string Of(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}ms");
}
