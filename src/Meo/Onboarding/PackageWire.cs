using Google.Protobuf.WellKnownTypes;
using Mano.Mesh.Failures;
using Wire = Mano.Onboarding.V1;

namespace Mano.Meo.Onboarding;

/// <summary>Packages as mano.onboarding.v1 has them.</summary>
internal static class PackageWire
{
    internal static Wire.AppPackage ToWire(PackageView view)
    {
        var (record, content) = (view.Record, view.Content);
        var wire = new Wire.AppPackage
        {
            AppPackageId = record.AppPkgId,
            OnboardingState = State(record.State),
            OperationalState = record.Enabled ? Wire.AppPackage.Types.OperationalState.Enabled : Wire.AppPackage.Types.OperationalState.Disabled,
            UsageState = view.InUse ? Wire.AppPackage.Types.UsageState.InUse : Wire.AppPackage.Types.UsageState.NotInUse,
            OnboardingFailure = record.Failure?.ToWire(),
            CreateTime = Timestamp.FromDateTimeOffset(record.CreateTime),
            UpdateTime = Timestamp.FromDateTimeOffset(record.UpdateTime),
        };
        wire.Warnings.AddRange(record.Warnings.Select(f => f.ToWire()));
        wire.UserDefinedData.Add(record.UserDefinedData.ToDictionary(p => p.Key, p => p.Value));
        if (content is not null)
        {
            AddContent(wire, content);
        }

        return wire;
    }

    private static void AddContent(Wire.AppPackage wire, PackageContentRecord content)
    {
        var app = content.Descriptor;
        wire.AppDId = app.AppDId;
        wire.AppName = app.AppName;
        wire.AppProvider = app.AppProvider;
        wire.AppSoftVersion = app.AppSoftVersion;
        wire.AppDVersion = app.AppDVersion;
        var need = app.Need();
        wire.Resources = new() { MilliCpu = need.MilliCpu, MemoryMib = need.MemoryMib, DiskGib = need.DiskGib };
        wire.Content = new() { Path = content.FileName, Sha256 = content.Sha256, SizeBytes = content.Size };
        wire.Signers.AddRange(content.Signers.Select(s => new Wire.AppPackage.Types.Signer { Subject = s.Subject, CertificateSha256 = s.Sha256, Path = s.Path, Trusted = s.IsTrusted }));
        wire.Artifacts.AddRange(content.Artifacts.Where(a => a.Size > 0).Select(a => new Wire.Artifact { Path = a.Path, Sha256 = a.Sha256, SizeBytes = a.Size }));
    }

    private static Wire.AppPackage.Types.OnboardingState State(OnboardingState state) => state switch
    {
        OnboardingState.Created => Wire.AppPackage.Types.OnboardingState.Created,
        OnboardingState.Uploading => Wire.AppPackage.Types.OnboardingState.Uploading,
        OnboardingState.Processing => Wire.AppPackage.Types.OnboardingState.Processing,
        _ => Wire.AppPackage.Types.OnboardingState.Onboarded,
    };
}
