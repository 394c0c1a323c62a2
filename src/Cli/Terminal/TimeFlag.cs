using System.CommandLine;
using Mano.Mesh.Hosting;

namespace Mano.Cli.Terminal;

/// <summary>A flag whose value is a time: <c>250ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>; zero where it is not given.</summary>
internal static class TimeFlag
{
    public static Option<TimeSpan> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            try
            {
                return MeshFlags.ParseDuration(result.Tokens[0].Value);
            }
            catch (FormatException e)
            {
                result.AddError($"{name}: {e.Message}");
                return default;
            }
        },
    };
}
