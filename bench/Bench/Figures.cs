namespace Connect.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Section">Letter of the section.</param>
/// <param name="What">What was measured.</param>
/// <param name="Program">The program's median, with its unit.</param>
/// <param name="Yardstick">What it is measured against, with its unit.</param>
/// <param name="Ratio">The figure that the target is about.</param>
/// <param name="Target">The bound for <paramref name="Ratio"/>.</param>
/// <param name="AtLeast">True if the ratio is to be at least the target, false if at most.</param>
public sealed record Figure(string Section, string What, string Program, string Yardstick, double Ratio, double Target, bool AtLeast)
{
    /// <summary>Unit of the ratio and the target; a plain multiple unless stated.</summary>
    public string Unit { get; init; } = "x";

    /// <summary>Whether the target is met.</summary>
    public bool Met => AtLeast ? Ratio >= Target : Ratio <= Target;
}

/// <summary>Small statistics.</summary>
public static class Statistics
{
    /// <summary>The middle value; the mean of the two middle ones when their number is even.</summary>
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
