namespace Connect.Silo.Gateways;

/// <summary>Phone numbers as logs show them.</summary>
public static class MaskedNumber
{
    private const int Shown = 3;

    /// <summary>The number with all but its last digits hidden: enough to find a person who asks, too little to call one.</summary>
    public static string Of(string number) => number.Length > 2 * Shown ? $"…{number[^Shown..]}" : "…";
}
