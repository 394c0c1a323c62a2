namespace Mano.Chaos.Topologies;

/// <summary>Where a Consul agent is found.</summary>
internal static class ConsulBinary
{
    /// <summary>MANO_CONSUL names it; else the one that tests/testbed/consul unpacked; else the one in PATH.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("MANO_CONSUL") is { Length: > 0 } named
        ? named
        : Unpacked is { } file && File.Exists(file) ? file : "consul";

    private static string? Unpacked => System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("CONSUL_DIR") ?? "/var/tmp/testbed-consul", "root", "usr", "bin", "consul");
}
