using Mano.Mesh.Failures;
using Mano.VimAdapters.OpenStack.Http;

namespace Mano.VimAdapters.OpenStack.Keystone;

/// <summary>A token with what came along: for whom, until when, and where the services are.</summary>
internal sealed record CloudToken(string Value, TokenBody Body, DateTimeOffset RenewAt)
{
    public string ProjectId => Body.Project?.Id ?? "";

    public bool IsAdmin => Body.Roles.Any(r => string.Equals(r.Name, "admin", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// When it is time for the next one: well before the end, because a service passes it on to others, and not so early that a
    /// short life is spent renewing.
    /// </summary>
    public static DateTimeOffset RenewalOf(DateTimeOffset now, DateTimeOffset expires)
    {
        var early = TimeSpan.FromTicks((expires - now).Ticks / 4);
        return expires - (early < LongEnough ? early : LongEnough);
    }

    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(5);

    /// <summary>Where a service is; null where the catalogue has it not, for this region and interface.</summary>
    public Uri? Find(CloudService service, CloudSettings settings)
    {
        foreach (var type in service.Types)
        {
            var endpoints = Body.Catalog.Where(e => e.Type == type).SelectMany(e => e.Endpoints).Where(e => e.Interface == settings.Interface)
                .Where(e => settings.Region.Length == 0 || e.RegionId == settings.Region || e.Region == settings.Region).ToArray();
            if (endpoints.Length > 0 && Uri.TryCreate(endpoints[0].Url, UriKind.Absolute, out var url))
            {
                return EndpointAddress.Of(service, url);
            }
        }

        return null;
    }

    /// <summary>Where a service is, or a refusal that says what the catalogue has.</summary>
    public Uri Require(CloudService service, CloudSettings settings) => Find(service, settings) ?? throw Failure.Unimplemented("VIM_NO_SERVICE",
        $"The catalogue has no {settings.Interface} endpoint of {service} ({string.Join(" or ", service.Types)}){(settings.Region.Length > 0 ? $" in region {settings.Region}" : "")}; it has {Offered()}.",
        OpenStackVim.AdapterName).ToException();

    private string Offered() => Body.Catalog.Count == 0 ? "nothing: the token has no project, or the project no services"
        : string.Join(", ", Body.Catalog.SelectMany(e => e.Endpoints.Select(p => $"{e.Type}/{p.Interface}/{p.RegionId ?? p.Region}")).Distinct().Order(StringComparer.Ordinal).Take(30));
}

/// <summary>The root of a service's API: catalogues spell it with and without version and project. Pure.</summary>
internal static class EndpointAddress
{
    public static Uri Of(CloudService service, Uri url)
    {
        var segments = url.AbsolutePath.Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        var version = segments.FindIndex(s => s.Length >= 2 && s[0] == 'v' && char.IsAsciiDigit(s[1]));
        if (service == CloudService.Cinder)
        {
            // The project stays: older Cinders want it in the path.
            return Join(url, segments);
        }

        var root = version >= 0 ? segments[..version] : segments;
        return service == CloudService.Nova ? Join(url, [.. root, "v2.1"])
            : service == CloudService.Neutron ? Join(url, [.. root, "v2.0"])
            : service == CloudService.Glance ? Join(url, [.. root, "v2"])
            : Join(url, root);
    }

    private static Uri Join(Uri url, IEnumerable<string> segments) =>
        new UriBuilder(url) { Path = string.Concat(segments.Select(s => s + "/")), Query = "" }.Uri;
}
