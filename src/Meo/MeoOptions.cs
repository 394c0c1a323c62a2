using System.ComponentModel.DataAnnotations;
using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Meo.Onboarding;
using Mano.Meo.Placement;
using Mano.Meo.Pruning;
using Mano.Meo.Reconciliation;
using Mano.Meo.Replicas;
using Mano.Meo.Rest;
using Mano.Mesh.Discovery;
using Mano.Mesh.Hosting;
using Mano.Mesh.State.Embedded;
using Mano.Mesh.State.Redis;
using Mano.Packages;
using Mano.Sagas;
using Microsoft.Extensions.Logging;

namespace Mano.Meo;

/// <summary>Everything that can be set of a MEO; checked by <see cref="MeoHost.Build(MeoOptions)"/> before anything starts.</summary>
public sealed record MeoOptions
{
    /// <summary>Folder of all state: the store and the contents of packages. Made if missing; held by one process at a time.</summary>
    [Required]
    public required string DataFolder { get; init; }

    public ListenOptions Listen { get; init; } = new();

    /// <summary>The Consul agent to register with, in whose catalogue sites are found; null: sites register with us.</summary>
    public DiscoveryOptions? Discovery { get; init; }

    /// <summary>What a package's wrong digest means.</summary>
    /// <value>The default is to refuse it: a package that is not what its provider made is not run.</value>
    public IntegrityPolicy Integrity { get; init; } = IntegrityPolicy.Enforce;

    /// <summary>What an acknowledged commit survives.</summary>
    /// <value>The default is a power cut: what a MEO accepted is a promise.</value>
    public Durability Durability { get; init; } = Durability.Power;

    /// <summary>The Redis that holds the state, shared by all replicas. <value>The default is none: the embedded store in <see cref="DataFolder"/>.</value></summary>
    public RedisStoreOptions? Store { get; init; }

    /// <summary>Who this process is among those of the same store.</summary>
    public ReplicaOptions Replica { get; init; } = new();

    /// <summary>Folder of the contents of packages; shared by all replicas, if there are several.</summary>
    /// <value>The default is <c>packages</c> in <see cref="DataFolder"/>: right for a single MEO.</value>
    public string? PackagesFolder { get; init; }

    /// <summary>How much a tenant's packages may be.</summary>
    public PackageQuotas PackageQuotas { get; init; } = new();

    /// <summary>What the signatures of packages mean.</summary>
    /// <value>The default is to verify those that are there and to keep their faults on the record: MEC 037 asks for digests, not for signatures.</value>
    public SignaturePolicy PackageSignatures { get; init; } = SignaturePolicy.Warn;

    /// <summary>Folder of certificates whose signatures of packages count; read anew for every package.</summary>
    /// <value>The default is none: nobody is trusted.</value>
    public string? PackageTrustFolder { get; init; }

    public InventoryOptions Inventory { get; init; } = new();

    public PlacementOptions Placement { get; init; } = new();

    public LifecycleOptions Lifecycle { get; init; } = new();

    public PruningOptions Pruning { get; init; } = new();

    public ReconciliationOptions Reconciliation { get; init; } = new();

    public IdempotencyOptions Idempotency { get; init; } = new();

    public RestOptions Rest { get; init; } = new();

    public SagaOptions Operations { get; init; } = new();

    /// <summary>Lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
