using System.Net;

namespace Mano.Meo.Replicas;

/// <summary>Where others reach this process.</summary>
internal static class AdvertisedAddress
{
    /// <summary>What the operator said, or the bound address; "every address" is one only for this machine, so its name stands for it.</summary>
    public static string Of(Uri? said, string bound)
    {
        if (said is not null)
        {
            return said.GetLeftPart(UriPartial.Authority);
        }

        var url = new UriBuilder(bound);
        if (IPAddress.TryParse(url.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            url.Host = Dns.GetHostName();
        }

        return url.Uri.GetLeftPart(UriPartial.Authority);
    }
}
