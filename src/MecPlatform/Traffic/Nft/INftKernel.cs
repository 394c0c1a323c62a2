namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>The gateway's packet filter and its connection tracking. Every method throws a failure of kind Unavailable when it cannot be asked.</summary>
internal interface INftKernel
{
    /// <summary>Applies the commands, all or none.</summary>
    void Apply(string transaction);

    /// <summary>The table's listing in JSON, or null if there is no such table.</summary>
    string? List(NftFamily family);

    /// <summary>Forgets the flows that carry one of these numbers, so that their next packet is met as a new flow's.</summary>
    void ForgetFlows(IReadOnlyCollection<int> numbers);
}
