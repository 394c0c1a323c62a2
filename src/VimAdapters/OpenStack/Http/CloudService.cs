namespace Mano.VimAdapters.OpenStack.Http;

/// <summary>A service of the catalogue, and by which types it may stand there, the present one first.</summary>
internal sealed record CloudService(string Name, IReadOnlyList<string> Types)
{
    public static readonly CloudService Nova = new("Nova", ["compute"]);
    public static readonly CloudService Neutron = new("Neutron", ["network"]);
    public static readonly CloudService Glance = new("Glance", ["image"]);
    public static readonly CloudService Cinder = new("Cinder", ["block-storage", "volumev3", "volume"]);
    public static readonly CloudService Placement = new("Placement", ["placement"]);

    public override string ToString() => Name;
}
