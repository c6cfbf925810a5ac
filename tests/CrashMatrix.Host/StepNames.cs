using System.Text.RegularExpressions;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Messaging;
using Connect.Grains.Purchases;
using Orleans.Storage;

namespace Connect.CrashMatrix.Host;

/// <summary>A step.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="Name">What it does, such as <c>save purchase Confirming</c>.</param>
internal readonly record struct Step(string Account, string Name);

/// <summary>Which calls are steps, and what they are called in the matrix.</summary>
internal static partial class StepNames
{
    /// <summary>Grain state written or cleared.</summary>
    public static Step? OfStorage(StepCall call) => call.Method.Name switch
    {
        nameof(IGrainStorage.WriteStateAsync) => new(Account((GrainId)call.Arguments[1]!), $"save {call.Arguments[0]}{Phase(call.Arguments[2]!)}"),
        nameof(IGrainStorage.ClearStateAsync) => new(Account((GrainId)call.Arguments[1]!), $"clear {call.Arguments[0]}"),
        _ => null,
    };

    /// <summary>Reminders set or removed.</summary>
    public static Step? OfReminders(StepCall call) => call.Method.Name switch
    {
        nameof(IReminderTable.UpsertRow) when call.Arguments[0] is ReminderEntry row => new(Account(row.GrainId), $"set reminder of {row.GrainId.Type}"),
        nameof(IReminderTable.RemoveRow) when call.Arguments[0] is GrainId grain => new(Account(grain), $"remove reminder of {grain.Type}"),
        _ => null,
    };

    /// <summary>Calls of Stripe.</summary>
    public static Step? OfStripe(StepCall call) =>
        call.Caller is { } grain && typeof(Task).IsAssignableFrom(call.Method.ReturnType) ? new(Account(grain), $"Stripe: {Words(call.Method.Name)}") : null;

    /// <summary>Messages handed over to the SMS gateway.</summary>
    public static Step? OfSms(StepCall call) => call.Arguments is [SmsMessage message] ? new(message.AccountId, "hand over") : null;

    /// <summary>Entries appended to the ledger.</summary>
    public static string OfAppend(LedgerAppend append) => $"append {string.Join(" + ", append.Entries.Select(entry => entry.Kind))}";

    // Keys of grains begin with the account.
    private static string Account(GrainId grain) => grain.Key.ToString()!.Split('/')[0];

    private static string Phase(object stored) => stored is IGrainState<StoredPurchase> { State.Current: { } purchase }
        ? $" {purchase.Phase}{(purchase.FenceTo is null ? "" : " as a fence")}"
        : "";

    private static string Words(string method) => Capitals().Replace(method, match => (match.Index == 0 ? "" : " ") + char.ToLowerInvariant(match.Value[0]));

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capitals();
}
