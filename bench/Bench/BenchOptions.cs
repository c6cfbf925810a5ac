namespace Connect.Bench;

/// <summary>What to measure, and how long.</summary>
public sealed record BenchOptions
{
    /// <summary>The letters of all sections, in the order of the table.</summary>
    public const string AllSections = "abcdefgkm";

    /// <summary>The letters of the sections to run.</summary>
    public required string Sections { get; init; }

    /// <summary>Shorter rounds and smaller sizes: shows that everything runs, proves nothing.</summary>
    public required bool Quick { get; init; }

    /// <summary>Rounds of each measurement; the median counts.</summary>
    public int Rounds => Quick ? 1 : 3;

    /// <summary>Length of one round under load.</summary>
    public TimeSpan Round => TimeSpan.FromSeconds(Quick ? 2 : 6);

    /// <summary>Reads the command line; throws <see cref="ArgumentException"/> with how to use it.</summary>
    public static BenchOptions Parse(IReadOnlyCollection<string> arguments)
    {
        var sections = string.Concat(arguments.Where(argument => argument != "--quick"));
        if (sections.Any(letter => !AllSections.Contains(letter)))
            throw new ArgumentException($"Usage: bench/run.sh [--quick] [{string.Join("] [", AllSections.AsEnumerable())}]");
        return new BenchOptions { Sections = sections.Length == 0 ? AllSections : sections, Quick = arguments.Contains("--quick") };
    }
}
