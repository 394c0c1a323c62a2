using System.Diagnostics;
using Mano.Testing;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>The kubectl that renders: the machine's, or the one that tests/install fetched because the machine's is too old for components.</summary>
internal static class Kubectl
{
    public static string? Path { get; } = new[] { "kubectl", System.IO.Path.Combine(Repository.Folder, "artifacts", "tools", "kubectl") }.FirstOrDefault(IsRecent);

    public static string? WhyMissing { get; } = Path is null
        ? "needs a kubectl with kustomize 5 (1.27 or newer): tests/install fetches one; or put one on the PATH"
        : null;

    /// <summary>Standard output of <c>kubectl kustomize</c> of a folder of deploy/k8s.</summary>
    public static string Kustomize(string folder)
    {
        var (code, output, errors) = Shell.Run(Path!, "kustomize", System.IO.Path.Combine(Repository.Folder, "deploy", "k8s", folder));
        Assert.True(code == 0, $"kubectl kustomize deploy/k8s/{folder}: {errors}");
        Assert.True(errors.Length == 0, $"kubectl kustomize deploy/k8s/{folder} warns: {errors}");
        return output;
    }

    private static bool IsRecent(string program)
    {
        try
        {
            return Shell.Run(program, "version", "--client").Output.Contains("Kustomize Version: v5", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A test that renders manifests; without a kubectl it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Kubectl.WhyMissing!;
}

/// <summary>The same for one case.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = Kubectl.WhyMissing!;
}
