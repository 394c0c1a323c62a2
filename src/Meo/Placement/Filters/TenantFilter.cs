namespace Mano.Meo.Placement.Filters;

/// <summary>The host serves the tenant. One that names no tenants serves all.</summary>
internal sealed class TenantFilter : ITraitFilter
{
    private const string Other = "OTHER_TENANT";

    public string Name => "tenant";

    public string? Refuses(PlacementRequest request, HostModel host) =>
        host.Tenants.Length == 0 || request.Tenant.Length == 0 || host.Tenants.Contains(request.Tenant) ? null : Other;

    public Refusal Explain(PlacementRequest request, HostModel host) => new(Other, request.Tenant, Refusal.Listed(host.Tenants));
}
