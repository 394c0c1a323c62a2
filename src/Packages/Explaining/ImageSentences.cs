using Mano.Packages.AppD;

namespace Mano.Packages.Explaining;

/// <summary>Where a software image comes from, and what kind of VIM can run it.</summary>
internal static class ImageSentences
{
    internal static string Of(SwImageDescriptor image, PackageContent content)
    {
        var artifact = content.Artifacts.FirstOrDefault(a => a.SwImageId == image.Id);
        var what = SoftwareKinds.Of(image, artifact) switch
        {
            _ when artifact is not null && SoftwareKinds.IsChart(artifact) => "a Helm chart, installed by hosts whose VIM is Kubernetes and has helm",
            SoftwareKinds.Executable => "a program, started as a process (LocalProcess)",
            SoftwareKinds.RootFs => "a root file system, its program started as a process (LocalProcess)",
            SoftwareKinds.Container when artifact is null => "a container image, pulled by the VIM (Kubernetes)",
            SoftwareKinds.Container => "a container image (LocalContainers)",
            _ => $"a virtual machine image{(image.DiskFormat is { } format ? $" of format {format}" : "")} (OpenStack)",
        };
        return artifact is null
            ? $"{image.Name} {image.Version}: {what}; not in the package, so the VIM must know it as {image.SwImage}"
            : $"{image.Name} {image.Version}: {what}; sites fetch {artifact.Path}, {artifact.Size} bytes, sha256:{artifact.Sha256}";
    }
}
