using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Operations;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>What operators see and do.</summary>
public sealed class OperatorService(GrainCalls calls)
{
    private const int TailEntries = 100;

    /// <summary>Everything an operator may inspect of an account.</summary>
    public async Task<Answer<OperatorAccountBody>> Inspect(Caller? caller, string accountId)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        var account = calls.Account(accountId);
        var inspection = await GrainCalls.Repeat(account.Inspect);
        var sequence = inspection.Credits.Sequence;
        if (sequence == 0)
            return Refuse.NotFound("account");
        var check = await account.Check(GrainCalls.Repeat);
        var tail = await GrainCalls.Repeat(() => account.ReadLedger(Math.Max(0, sequence - TailEntries), TailEntries));
        var cards = await GrainCalls.Repeat(() => calls.Grains.GetGrain<ICardsGrain>(accountId).List());
        var topUp = inspection.Credits.AutoTopUp.PurchaseId is { } id
            ? await GrainCalls.Repeat(() => calls.Grains.GetGrain<IPurchaseGrain>($"{accountId}/{id}").Get())
            : null;
        return new OperatorAccountBody(
            accountId, await CreditsService.Body(calls, accountId, inspection.Credits), inspection.Silo, inspection.SnapshotSequence, inspection.TailEntriesAtActivation,
            inspection.ReminderDueAt, check, tail.Entries, CardBody.Of(cards, inspection.Credits.AsOf), topUp);
    }

    /// <summary>Gives credits, with a reason.</summary>
    public async Task<Answer<PostedBody>> Grant(Caller? caller, string accountId, Grant command)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        return Posted(await GrainCalls.Repeat(() => calls.Account(accountId).Grant(command with { Actor = caller!.UserId })));
    }

    /// <summary>Ends a batch, with a reason.</summary>
    public async Task<Answer<PostedBody>> Void(Caller? caller, string accountId, VoidBatch command)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        return Posted(await GrainCalls.Repeat(() => calls.Account(accountId).Void(command with { Actor = caller!.UserId })));
    }

    /// <summary>Arms a suspended auto top-up again whatever the reason was, with a reason.</summary>
    public async Task<Answer<PostedBody>> ResumeAutoTopUp(Caller? caller, string accountId, ResumeAutoTopUp command)
    {
        if (Access.Refusal(caller, accountId, Need.Operate) is { } refusal)
            return refusal;
        return Posted(await GrainCalls.Repeat(() =>
            calls.Account(accountId).ResumeAutoTopUp(command with { Actor = caller!.UserId, Cause = ResumeCause.Operator })));
    }

    private static Answer<PostedBody> Posted(PostResult result) =>
        result.Problem() is { } problem ? problem : new PostedBody(result.Sequence, result.Credits, result.Available);
}

/// <summary>An account as operators see it.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Credits">What its owner sees.</param>
/// <param name="Silo">The silo where the grain lives.</param>
/// <param name="SnapshotSequence">Sequence that the stored snapshot includes; 0 when there is none.</param>
/// <param name="TailEntriesAtActivation">Entries read after the snapshot when the grain was activated.</param>
/// <param name="ReminderDueAt">When its reminder is next due, UTC.</param>
/// <param name="Check">Its balance recomputed from the ledger alone.</param>
/// <param name="Ledger">The latest entries, oldest first.</param>
/// <param name="Cards">Its saved cards.</param>
/// <param name="TopUp">The purchase of auto top-up in flight, or the last one.</param>
public sealed record OperatorAccountBody(
    string AccountId, CreditsBody Credits, string Silo, long SnapshotSequence, long TailEntriesAtActivation, DateTimeOffset? ReminderDueAt,
    AccountCheck Check, ImmutableArray<EntryView> Ledger, ImmutableArray<CardBody> Cards, PurchaseView? TopUp);

/// <summary>A posted entry.</summary>
/// <param name="Sequence">Its place in the ledger; for a grant also the id of the batch.</param>
/// <param name="Credits">Credits that moved.</param>
/// <param name="Available">Available credits after it.</param>
public sealed record PostedBody(long Sequence, long Credits, long Available);
