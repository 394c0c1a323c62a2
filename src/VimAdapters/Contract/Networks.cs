namespace Mano.VimAdapters.Contract;

/// <summary>What a network shall be. Never altered: a network is deleted and made again.</summary>
/// <param name="Name">What people call it, at most 255 characters; not a key.</param>
/// <param name="Cidr">Its addresses, as <c>10.20.0.0/24</c>; empty: the VIM chooses.</param>
/// <param name="Labels">Whose it is; the tenant is required.</param>
public sealed record NetworkSpec(string Name, string Cidr, ComputeLabels Labels)
{
    /// <summary>The name of the first field that differs, or null.</summary>
    public string? DifferenceFrom(NetworkSpec other) =>
        Name != other.Name ? nameof(Name) : Cidr != other.Cidr ? nameof(Cidr) : Labels != other.Labels ? nameof(Labels) : null;
}

/// <summary>A network as it is now.</summary>
/// <param name="NetworkId">The caller's key.</param>
/// <param name="Spec">As it was asked for.</param>
/// <param name="OperationNumber">The greatest operation number seen for the key.</param>
/// <param name="Cidr">Its addresses: those asked for, or those the VIM chose.</param>
public sealed record VimNetwork(string NetworkId, NetworkSpec Spec, long OperationNumber, string Cidr);
