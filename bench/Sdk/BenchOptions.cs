using System.Globalization;

namespace TelemetryKit.Bench.Recording;

/// <summary>The command line: what to measure, by default everything.</summary>
internal sealed record BenchOptions(bool Track, bool Start, bool Exit, bool Size, int Rounds)
{
    private const int DefaultRounds = 60;

    public static bool TryParse(string[] args, out BenchOptions options, out string fault)
    {
        options = new(false, false, false, false, DefaultRounds);
        fault = "";
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "track":
                    options = options with { Track = true };
                    break;
                case "start":
                    options = options with { Start = true };
                    break;
                case "exit":
                    options = options with { Exit = true };
                    break;
                case "size":
                    options = options with { Size = true };
                    break;
                case "--rounds"
                    when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    options = options with { Rounds = rounds };
                    i++;
                    break;
                default:
                    fault = $"'{args[i]}' is not valid. Valid arguments are track, start, exit, size and --rounds N.";
                    return false;
            }
        }

        if (!options.Track && !options.Start && !options.Exit && !options.Size)
            options = options with { Track = true, Start = true, Exit = true, Size = true };
        return true;
    }
}
