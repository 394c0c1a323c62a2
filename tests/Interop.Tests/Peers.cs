using System.Reflection;
using Mano.Testing;
using Probe.V1;
using Xunit.Sdk;

namespace Mano.Interop.Tests;

/// <summary>Runs the theory with python3-grpcio as the other side; skipped, with the reason, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonAttribute : DataAttribute
{
    public PythonAttribute() => Skip = Peers.WhyNoPython.Value!;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["python"]];
}

/// <summary>Runs the theory with @grpc/grpc-js as the other side; skipped, with the reason, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeAttribute : DataAttribute
{
    public NodeAttribute() => Skip = Peers.WhyNoNode.Value!;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["node"]];
}

/// <summary>A test with <c>buf curl</c>; skipped, with the reason, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BufFactAttribute : FactAttribute
{
    public BufFactAttribute() => Skip = Peers.WhyNoBuf.Value!;
}

/// <summary>A test with the stubs that protoc makes for Python; skipped, with the reason, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonStubsFactAttribute : FactAttribute
{
    public PythonStubsFactAttribute() => Skip = Peers.WhyNoPython.Value ?? Peers.WhyNoStubs.Value!;
}

/// <summary>A test with node and its gRPC packages; skipped, with the reason, where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = Peers.WhyNoNode.Value!;
}

/// <summary>The foreign programs, as tests/install puts them there.</summary>
internal static class Peers
{
    private const string Python = "/usr/bin/python3";

    public static readonly string Buf = Path.Combine(Repository.Folder, "tests", "node_modules", ".bin", "buf");

    public static readonly Lazy<string?> WhyNoPython = new(() =>
        Succeeds(Python, "-c", "import grpc, google.protobuf") ? null : "needs python3-grpcio, which is not installed: run tests/install");

    public static readonly Lazy<string?> WhyNoStubs = new(() =>
        Succeeds("protoc", "--version") && Succeeds("sh", "-c", "command -v grpc_python_plugin") && File.Exists("/usr/include/google/protobuf/any.proto")
            ? null
            : "needs protobuf-compiler, libprotobuf-dev and protobuf-compiler-grpc, which are not installed: run tests/install");

    public static readonly Lazy<string?> WhyNoNode = new(() =>
        Has("@grpc/grpc-js") && Has("@grpc/proto-loader") && Succeeds("node", "--version")
            ? null
            : "needs node with @grpc/grpc-js and @grpc/proto-loader, which are not installed: run tests/install");

    public static readonly Lazy<string?> WhyNoBuf = new(() =>
        File.Exists(Buf) && Succeeds(Buf, "--version") ? null : "needs buf, which is not installed: run tests/install");

    public static ChildProcess Start(string peer, string script, params string[] arguments)
    {
        var (program, extension) = peer == "python" ? (Python, "py") : ("node", "js");
        var path = Path.Combine(Repository.Folder, "tests", "Interop.Tests", "peers", peer, $"{script}.{extension}");
        var environment = new Dictionary<string, string>
        {
            ["PROBE_DESCRIPTOR"] = ProbeReflection.Descriptor.SerializedData.ToBase64(),
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["no_proxy"] = "127.0.0.1",
        };
        return ChildProcess.Start(program, [path, .. arguments], environment);
    }

    private static bool Has(string package) => Directory.Exists(Path.Combine(Repository.Folder, "tests", "node_modules", package));

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            return process.WaitForExit(20_000) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
