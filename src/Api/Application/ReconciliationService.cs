using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Operations;

namespace Connect.Api.Application;

/// <summary>Comparing payments with ledgers and ledgers with grains, on demand, and what earlier comparisons found.</summary>
public sealed class ReconciliationService(GrainCalls calls)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Has every account checked and payments compared with ledgers, by a run that goes on by itself; one that somebody asked for before and that has not ended is it. Waits about 20 seconds
    /// for its end. Time here is real, whatever the program's clock says.
    /// </summary>
    public async Task<Answer<ReconciliationBody>> Reconcile(Caller? caller)
    {
        if (Access.Refusal(caller, caller?.AccountId ?? "", Need.Operate) is { } refusal)
            return refusal;
        var started = TimeProvider.System.GetTimestamp();
        var id = await GrainCalls.Repeat(() => Grain.Start(caller!.UserId));
        var report = await GrainCalls.Repeat(() => Grain.Get(id));
        while (report is { EndedAt: null } && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(Pause, TimeProvider.System);
            report = await GrainCalls.Repeat(() => Grain.Get(id));
        }
        return report is null ? Refuse.NotFound("reconciliation") : ReconciliationBody.Of(report);
    }

    /// <summary>The reconciliations that are remembered.</summary>
    public async Task<Answer<ReconciliationsBody>> List(Caller? caller) => Access.Refusal(caller, caller?.AccountId ?? "", Need.Operate) is { } refusal
        ? refusal
        : new ReconciliationsBody(await GrainCalls.Repeat(Grain.List));

    /// <summary>One of them.</summary>
    public async Task<Answer<ReconciliationReport>> Get(Caller? caller, string id)
    {
        if (Access.Refusal(caller, caller?.AccountId ?? "", Need.Operate) is { } refusal)
            return refusal;
        return await GrainCalls.Repeat(() => Grain.Get(id)) is { } report ? report : Refuse.NotFound("reconciliation");
    }

    private IReconciliationGrain Grain => calls.Grains.GetGrain<IReconciliationGrain>(0);
}
