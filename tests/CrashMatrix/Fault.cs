using System.Reflection;
using System.Text.Json.Serialization;
using Connect.Sandbox.Stripe;

namespace Connect.CrashMatrix;

/// <summary>What goes wrong at Stripe beside the crash: one column of the matrix.</summary>
/// <param name="Strikes">Which request it strikes.</param>
/// <param name="Kind">How.</param>
/// <param name="When">Before or after Stripe has carried the request out.</param>
public sealed record Fault(Strikes Strikes, StripeFaultKind Kind, StripeFaultTime When)
{
    private const int SlowMs = 300;

    /// <summary>Every fault of the sandbox on every call.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. from strikes in Enum.GetValues<Strikes>() from kind in Enum.GetValues<StripeFaultKind>() from time in Enum.GetValues<StripeFaultTime>() select new Fault(strikes, kind, time),
    ];

    /// <summary>The kind as the sandbox's API spells it, and the time.</summary>
    public string Name => $"{Word(Kind)} {Word(When)}";

    /// <summary>The rule for the sandbox.</summary>
    public object Rule(string customer) => new
    {
        customer,
        method = Strikes == Strikes.Restart ? null : "POST",
        pathContains = Strikes switch { Strikes.Create => "/payment_intents", Strikes.Confirm => "/confirm", _ => null },
        when = Word(When),
        kind = Word(Kind),
        delayMs = Kind == StripeFaultKind.Slow ? SlowMs : 0,
    };

    private static string Word<T>(T value) where T : struct, Enum =>
        typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name;
}

/// <summary>Which request to Stripe a fault strikes.</summary>
public enum Strikes
{
    /// <summary>The first that creates the intent, before the crash or after it.</summary>
    Create,

    /// <summary>The first that confirms it.</summary>
    Confirm,

    /// <summary>The first of any kind after the restart.</summary>
    Restart,
}
