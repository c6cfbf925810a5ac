using Connect.Accounts;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Purchases;

namespace Connect.Api.Application;

/// <summary>Auto top-up: settings and retry.</summary>
public sealed class AutoTopUpService(GrainCalls calls, IIds ids)
{
    /// <summary>Settings and state.</summary>
    public async Task<Answer<AutoTopUpBody>> Get(Caller? caller, string accountId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCredits) is { } refusal)
            return refusal;
        return await Read(accountId);
    }

    /// <summary>Changes the settings, if they still are of the version that the caller saw; null overwrites whatever is there.</summary>
    public async Task<Answer<AutoTopUpBody>> Set(Caller? caller, string accountId, AutoTopUpSettings settings, long? expectedVersion)
    {
        if (Access.Refusal(caller, accountId, Need.ManageCredits) is { } refusal)
            return refusal;
        var command = new SetAutoTopUp
        {
            OperationId = $"auto-top-up:{ids.New()}", Actor = caller!.UserId, Settings = settings, ExpectedVersion = expectedVersion,
        };
        var result = await GrainCalls.Repeat(() => calls.Account(accountId).SetAutoTopUp(command));
        if (result.Misfit is { } misfit)
            return await Problem(misfit, settings);
        return result.Problem() is { } problem ? problem : await Read(accountId);
    }

    /// <summary>Arms an auto top-up again that the card had stopped; it tries at once if the balance is still below the threshold. Refused where a retry does not help.</summary>
    public async Task<Answer<AutoTopUpBody>> Retry(Caller? caller, string accountId, string operationId)
    {
        if (Access.Refusal(caller, accountId, Need.ManageCredits) is { } refusal)
            return refusal;
        var command = new ResumeAutoTopUp { OperationId = operationId, Actor = caller!.UserId, Cause = ResumeCause.Owner };
        var result = await GrainCalls.Repeat(() => calls.Account(accountId).ResumeAutoTopUp(command));
        if (result.Outcome == PostOutcome.NotApplicable)
        {
            var view = await GrainCalls.Repeat(() => calls.Account(accountId).GetCredits());
            if (view.AutoTopUp.SuspendedBecause is { } suspended)
                return Refuse.AutoTopUpNotResumable(suspended);
        }
        return result.Problem() is { } problem ? problem : await Read(accountId);
    }

    /// <summary>Auto top-up with what is known of its card. Cards that can not be read just now are left out rather than waited for.</summary>
    internal static async Task<AutoTopUpBody> Body(GrainCalls calls, string accountId, AutoTopUpView view, DateTimeOffset now)
    {
        if (view.Status == AutoTopUpStatus.Off)
            return Body(view, card: null);
        try
        {
            return Body(view, AutoTopUpReasons.Card(await calls.Grains.GetGrain<ICardsGrain>(accountId).List(), now));
        }
        catch (Exception error) when (Faults.From(error) is not null)
        {
            return Body(view, card: null);
        }
    }

    private static AutoTopUpBody Body(AutoTopUpView view, AutoTopUpCard? card) => new()
    {
        Enabled = view.Settings.Enabled,
        Threshold = view.Settings.Threshold,
        Credits = view.Settings.Credits,
        MonthlyCap = view.Settings.MonthlyCap is { } cap ? Money.Aud(cap) : null,
        State = view.Status,
        Reason = AutoTopUpReasons.Explain(view, card),
        Card = card,
        SuspendedBecause = view.SuspendedBecause,
        PurchaseId = view.PurchaseId,
        LastAttemptAt = view.LastAttemptAt,
        SpentThisMonth = Money.Aud(view.SpentThisMonth),
        Version = view.Version,
    };

    private async Task<Problem> Problem(PriceMisfit misfit, AutoTopUpSettings settings) => misfit switch
    {
        PriceMisfit.MonthlyCap when await GrainCalls.Repeat(() => calls.Grains.GetGrain<IPricingGrain>(0).Price(settings.Credits)) is { } price =>
            Refuse.Validation("monthlyCap", $"One top-up costs {price.Total.Amount} cents: with this cap none could ever be made."),
        _ => await CreditsService.OutOfBounds(calls),
    };

    private async Task<Answer<AutoTopUpBody>> Read(string accountId)
    {
        var view = await GrainCalls.Repeat(() => calls.Account(accountId).GetCredits());
        return view.Sequence == 0 ? Refuse.NotFound("account") : await Body(calls, accountId, view.AutoTopUp, view.AsOf);
    }
}
