using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Mano.Testing;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>Charts for tests, packed as <c>helm package</c> does.</summary>
internal static class HelmBench
{
    public static string? Helm { get; } = new[] { Path.Combine(Repository.Folder, "artifacts", "tools", "helm") }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "helm"))).FirstOrDefault(File.Exists);

    public static string? WhyMissing => Helm is null ? "needs helm: tests/install fetches one, or put one on the PATH" : null;

    public const string Values = """
        replicas: 1
        image: registry.example/edge/app:1.0
        password: "{{ randAlphaNum 8 }}"
        """;

    public const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ .Release.Name }}-web
          namespace: somebody-elses
        spec:
          replicas: {{ .Values.replicas }}
          selector: { matchLabels: { app: {{ .Release.Name }} } }
          template:
            metadata: { labels: { app: {{ .Release.Name }} } }
            spec:
              securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
              containers:
              - name: web
                image: {{ .Values.image | quote }}
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
                envFrom: [ { configMapRef: { name: {{ .Release.Name }}-mano } } ]
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: {{ .Release.Name }}-web }
        spec: { selector: { app: {{ .Release.Name }} }, ports: [ { port: 80 } ] }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: {{ .Release.Name }}-random }
        stringData: { password: {{ randAlphaNum 12 | quote }} }
        """;

    private const string HookJob = """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: "{{ .Release.Name }}-NAME"
          annotations: { helm.sh/hook: "WHEN", helm.sh/hook-weight: "WEIGHT", helm.sh/hook-delete-policy: "POLICY" }
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
              containers:
              - { name: hook, image: "registry.example/edge/IMAGE:1.0", securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
        """;

    public static string Hook(string name, string when, int weight, string image = "exits-0", string policy = "before-hook-creation") => HookJob
        .Replace("NAME", name, StringComparison.Ordinal).Replace("WHEN", when, StringComparison.Ordinal).Replace("WEIGHT", weight.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("POLICY", policy, StringComparison.Ordinal).Replace("IMAGE", image, StringComparison.Ordinal);

    /// <summary>A chart of these templates.</summary>
    public static ImageSource Chart(TempFolder folder, params (string Name, string Text)[] templates)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zip, TarEntryFormat.Pax, leaveOpen: true))
        {
            Add(tar, "app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n");
            Add(tar, "app/values.yaml", Values);
            foreach (var (name, text) in templates)
            {
                Add(tar, $"app/{(name.Contains('/', StringComparison.Ordinal) ? name : $"templates/{name}")}", text);
            }
        }

        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(packed.ToArray()));
        var path = folder.File($"chart-{digest[^8..]}.tgz");
        File.WriteAllBytes(path, packed.ToArray());
        return ImageSource.FromFile(new(digest, ImageFormat.HelmChart, "app-1.0.0"), path);
    }

    private static void Add(TarWriter tar, string name, string text) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
}

/// <summary>A test that renders charts; without helm it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HelmFactAttribute : FactAttribute
{
    public HelmFactAttribute() => Skip = HelmBench.WhyMissing!;
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HelmTheoryAttribute : TheoryAttribute
{
    public HelmTheoryAttribute() => Skip = HelmBench.WhyMissing!;
}
