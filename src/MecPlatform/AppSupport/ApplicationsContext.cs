using Mano.MecPlatform.Traffic;

namespace Mano.MecPlatform.AppSupport;

/// <summary>What <see cref="Applications"/> needs beside its parts.</summary>
internal sealed record ApplicationsContext(
    AppSupportOptions Options, IDataPlane Plane, InstanceAddresses Addresses, TimeProvider Clock, ILogger<Applications> Log);
