namespace Mano.MecPlatform.Traffic;

/// <summary>What carries users' traffic.</summary>
public enum DataPlaneKind
{
    /// <summary>The SOCKS 5 gateway of this process; needs no rights.</summary>
    Userspace,

    /// <summary>The kernel's packet filter, in the gateway's network namespace; needs CAP_NET_ADMIN there.</summary>
    Nft,
}
