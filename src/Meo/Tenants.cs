namespace Mano.Meo;

/// <summary>Everything stored carries a tenant; until tenants are told apart it is this one.</summary>
internal static class Tenants
{
    public const string Default = "default";
}
