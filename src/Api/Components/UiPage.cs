using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Components;

namespace Connect.Api.Components;

/// <summary>
/// A page of a signed-in person. It loads once the circuit is there, so that what is shown before that is a skeleton and never a false zero,
/// and turns failures into problems to show.
/// </summary>
public abstract class UiPage : ComponentBase, IDisposable
{
    /// <summary>Who is signed in.</summary>
    [Inject] public Person Person { get; set; } = default!;

    /// <summary>The person's time zone.</summary>
    [Inject] public LocalTime Time { get; set; } = default!;

    /// <summary>Where the pages are.</summary>
    [Inject] public NavigationManager Navigation { get; set; } = default!;

    /// <summary>Ids this host makes.</summary>
    [Inject] public IIds Ids { get; set; } = default!;

    /// <summary>Log of faults.</summary>
    [Inject] public ILoggerFactory Loggers { get; set; } = default!;

    /// <summary>The person; set before <see cref="Load"/>.</summary>
    protected Caller Caller { get; private set; } = default!;

    /// <summary>Whether <see cref="Load"/> has ended.</summary>
    protected bool Ready { get; private set; }

    /// <summary>Whether the person has left it. What was awaited by then has nothing to show any more, and nothing to follow.</summary>
    protected bool IsLeft { get; private set; }

    /// <summary>Whether the person may buy and set auto top-up.</summary>
    protected bool MayManage => Ready && Access.Refusal(Caller, Caller.AccountId, Need.ManageCredits) is null;

    /// <summary>Whether the person may write and send campaigns.</summary>
    protected bool MaySend => Ready && Access.Refusal(Caller, Caller.AccountId, Need.UseCampaigns) is null;

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        IsLeft = true;
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || await Person.Get() is not { } caller)
            return;
        Caller = caller;
        await Time.Ready();
        if (IsLeft)
            return;
        await Load();
        Ready = true;
        StateHasChanged();
    }

    /// <summary>Reads what the page shows.</summary>
    protected virtual Task Load() => Task.CompletedTask;

    /// <summary>Asks the application layer; what it throws becomes a problem, with a reference when it is our fault.</summary>
    protected async Task<Answer<T>> Ask<T>(Func<Task<Answer<T>>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            if (Faults.From(error) is { } known)
                return known;
            var reference = Ids.New()[..8];
            Loggers.CreateLogger(GetType()).LogError(error, "Page request {Reference} failed", reference);
            return Refuse.Internal(reference);
        }
    }
}
