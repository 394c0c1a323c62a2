using Mano.Cli;
using Mano.Cli.Terminal;

return await ManoCommand.RunAsync(args, Surroundings.OfThisProcess());
