namespace Mano.MecPlatform.Tests;

/// <summary>A test with a foreign program; skipped, with the reason, where the program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
        Skip = found ? null! : $"needs {program}, which is not installed: run tests/install";
    }
}
