using System.Collections.Immutable;
using System.Globalization;
using Connect.Accounts;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Connect.Grains.Campaigns;

/// <summary>
/// Debits and sends one page. Saved before anything leaves: what the account is asked for, and which rows may be on their way to the gateway. A crash between two saves repeats a debit
/// under its operation id, and makes unknown what may have been handed over.
/// </summary>
[CollectionAgeLimit(Minutes = 3)]
public sealed class RecipientPageGrain : Grain, IRecipientPageGrain
{
    // A call returns well before its caller's time-out, and soon enough that a cancel is felt.
    private static readonly TimeSpan CallBudget = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GatewayTimeout = TimeSpan.FromSeconds(30);

    private readonly CampaignKey _campaign;
    private readonly int _page;
    private readonly SavedState<PageRecipients> _recipients;
    private readonly SavedState<PageProgress> _progress;
    private readonly ISmsGateway _gateway;
    private readonly MessagingOptions _options;
    private readonly TimeProvider _time;
    private ImmutableArray<ImportedRecipient> _rows;
    private TextTemplate? _text;
    private int? _accepted;

    // The outcomes of a hand-over under way, ahead of what is saved.
    private byte[]? _live;

    /// <summary>Made by Orleans.</summary>
    public RecipientPageGrain(
        [PersistentState("recipient-page", "grains")] IPersistentState<PageRecipients> recipients,
        [PersistentState("recipient-page-progress", "grains")] IPersistentState<PageProgress> progress,
        ISmsGateway gateway,
        IOptions<MessagingOptions> options,
        TimeProvider time,
        ILogger<RecipientPageGrain> logger)
    {
        (_campaign, _page) = CampaignKey.ParsePage(this.GetPrimaryKeyString());
        var writer = GrainContext.ActivationId.ToString();
        _recipients = new(recipients, writer, time, logger);
        _progress = new(progress, writer, time, logger);
        (_gateway, _options, _time) = (gateway, options.Value, time);
    }

    private ImmutableArray<ImportedRecipient> Rows => _rows.IsDefault ? _rows = RecipientCodec.Decode(_recipients.Value.Rows) : _rows;

    private string DebitOperation => _campaign.DebitOperation(_page);

    private string Reference => $"campaign {_campaign.CampaignId}";

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(_campaign.AccountId);

    /// <inheritdoc/>
    public async Task Put(int firstRow, ImmutableArray<ImportedRecipient> rows)
    {
        if (_progress.Exists)
            throw new InvalidOperationException("The page is being sent.");
        if (firstRow > Rows.Length || firstRow + rows.Length > PageRules.PageSize)
            throw new ArgumentOutOfRangeException(nameof(firstRow));
        var all = Rows[..firstRow].AddRange(rows);
        await Save(_recipients, new() { Rows = RecipientCodec.Encode(all) });
        _rows = all;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<ulong>> Numbers(int rows) =>
        Task.FromResult(Rows.Take(rows).Where(row => row.Status == RecipientStatus.Pending).Select(row => row.Number).ToImmutableArray());

    /// <inheritdoc/>
    public async Task Prepare(PageSend send)
    {
        if (_progress.Value.Phase == PagePhase.Untouched)
            await Save(_progress, PageRules.Prepare(_progress.Value, Rows[..send.Rows], Text(send.Text), _options.PartRule));
    }

    /// <inheritdoc/>
    public async Task<bool> Debit(PageSend send)
    {
        await Prepare(send);
        if (_progress.Value.Phase != PagePhase.Prepared)
            return !_progress.Value.Short;
        var payable = PageRules.Payable(_progress.Value);
        _accepted ??= payable.IsEmpty ? 0 : await Ask(payable, send.Actor);
        return _accepted == payable.Length;
    }

    /// <inheritdoc/>
    public async Task<PageReport> HandOver(PageSend send, int window, bool withdraw)
    {
        var started = _time.GetTimestamp();
        var progress = _progress.Value;
        if (progress.Phase == PagePhase.Untouched)
        {
            if (withdraw)
                return new() { Done = true, Figures = default, Window = window };
            await Prepare(send);
            progress = _progress.Value;
        }

        if (progress.Phase == PagePhase.Prepared)
        {
            await Debit(send);
            progress = PageRules.Answer(progress, _accepted!.Value);
        }

        if (progress.Phase == PagePhase.HandingOver)
        {
            progress = PageRules.Interrupted(progress);
            if (withdraw)
                progress = PageRules.Withdraw(progress);
            while (!PageRules.IsHandedOver(progress))
            {
                if (_time.GetElapsedTime(started) > CallBudget)
                {
                    await Save(_progress, progress);
                    return Report(false, window);
                }

                (progress, window) = await HandOverWindow(progress, window, Text(send.Text));
            }

            progress = PageRules.Finish(progress);
            await Save(_progress, progress);
            _live = null;
        }

        if (progress.Phase == PagePhase.Reversing)
        {
            await Reverse(progress.Refund, send.Actor);
            await Save(_progress, progress with { Phase = PagePhase.Settled });
        }

        return Report(true, window);
    }

    /// <inheritdoc/>
    public Task<PageFigures> Figures() =>
        Task.FromResult(_live is null ? PageRules.Figures(_progress.Value.Phase, _progress.Value.Marks) : PageRules.Figures(PagePhase.HandingOver, _live));

    /// <inheritdoc/>
    public Task<ImmutableArray<RecipientView>> List(int rows, RecipientStatus unreached)
    {
        var progress = _live is null ? _progress.Value : _progress.Value with { Phase = PagePhase.HandingOver, Marks = _live };
        var views = ImmutableArray.CreateBuilder<RecipientView>(Math.Min(rows, Rows.Length));
        for (var index = 0; index < rows && index < Rows.Length; index++)
        {
            var row = Rows[index];
            var (status, credits) = PageRules.Shown(progress, row, index, unreached);
            views.Add(new() { Row = Row(index), To = row.Given ?? MobileNumbers.Format(row.Number), Status = status, Credits = credits });
        }

        return Task.FromResult(views.ToImmutable());
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<RecipientInput>> Copied(int rows, string text, DuplicateOf of)
    {
        var fields = Text(text).Fields;
        var copied = ImmutableArray.CreateBuilder<RecipientInput>();
        for (var index = 0; index < rows && index < Rows.Length; index++)
        {
            var row = Rows[index];
            if (CopyRules.Takes(of, PageRules.Shown(_progress.Value, row, index, RecipientStatus.Pending).Status))
                copied.Add(new() { To = row.Given ?? MobileNumbers.Format(row.Number), Fields = Given(fields, row.Values) });
        }

        return Task.FromResult(copied.ToImmutable());
    }

    private static ImmutableDictionary<string, string> Given(IReadOnlyList<string> fields, string?[]? values) =>
        fields.Zip(values ?? []).Where(pair => !string.IsNullOrEmpty(pair.Second)).ToImmutableDictionary(pair => pair.First, pair => pair.Second!);

    private async Task<int> Ask(ImmutableArray<int> payable, string actor)
    {
        var answer = await Account.DebitRecipients(new() { OperationId = DebitOperation, Reference = Reference, Actor = actor, CreditsPerRecipient = payable });
        return answer.Outcome switch
        {
            PostOutcome.Posted or PostOutcome.AlreadyPosted => answer.AcceptedRecipients,
            PostOutcome.InsufficientCredits or PostOutcome.UnknownAccount => 0,
            _ => throw new InvalidOperationException($"The account refused {DebitOperation}: {answer.Outcome}."),
        };
    }

    private async Task Reverse(int credits, string actor)
    {
        var answer = await Account.Reverse(new()
        {
            OperationId = DebitOperation + ":reversal",
            DebitOperationId = DebitOperation,
            Reference = Reference,
            Actor = actor,
            Credits = credits,
        });
        if (!answer.Holds)
            throw new InvalidOperationException($"The account refused {DebitOperation}:reversal: {answer.Outcome}.");
    }

    // The marker is saved together with the outcomes of the window before.
    private async Task<(PageProgress Progress, int Window)> HandOverWindow(PageProgress progress, int window, TextTemplate text)
    {
        progress = progress with { HandingTo = PageRules.WindowEnd(progress, window) };
        await Save(_progress, progress);
        _live = (byte[])progress.Marks.Clone();
        var started = _time.GetTimestamp();
        await HandOverRows(_live, progress.HandedTo, progress.HandingTo, text);
        var next = WindowSize.Next(window, _time.GetElapsedTime(started), _options.HandOverWindow);
        return (progress with { Marks = (byte[])_live.Clone(), HandedTo = progress.HandingTo }, next);
    }

    private async Task HandOverRows(byte[] marks, int from, int to, TextTemplate text)
    {
        using var gate = new SemaphoreSlim(_options.HandOverConcurrency);
        List<Task>? open = null;
        for (var row = from; row < to; row++)
        {
            if (Mark.Status(marks[row]) != RecipientStatus.Pending)
                continue;
            await gate.WaitAsync();
            var sending = Send(row, Mark.Parts(marks[row]), text);
            if (sending.IsCompletedSuccessfully)
            {
                marks[row] = Mark.With(marks[row], Status(sending.Result));
                gate.Release();
            }
            else
            {
                (open ??= []).Add(Finish(row, sending));
            }
        }

        if (open is not null)
            await Task.WhenAll(open);

        async Task Finish(int row, Task<HandOver> sending)
        {
            HandOver answer;
            try
            {
                answer = await sending.WaitAsync(GatewayTimeout, _time);
            }
            catch (Exception failure)
            {
                answer = new(HandOverOutcome.Unknown, failure.Message);
            }

            marks[row] = Mark.With(marks[row], Status(answer));
            gate.Release();
        }
    }

    private Task<HandOver> Send(int row, int parts, TextTemplate text)
    {
        try
        {
            return _gateway.Send(new()
            {
                AccountId = _campaign.AccountId,
                CampaignId = _campaign.CampaignId,
                MessageId = string.Create(CultureInfo.InvariantCulture, $"{_campaign.CampaignId}:{Row(row)}"),
                To = MobileNumbers.Format(Rows[row].Number),
                Text = text.Render(Rows[row].Values),
                Parts = parts,
            });
        }
        catch (Exception failure)
        {
            return Task.FromException<HandOver>(failure);
        }
    }

    private static RecipientStatus Status(HandOver answer) => answer.Outcome switch
    {
        HandOverOutcome.Accepted => RecipientStatus.Sent,
        HandOverOutcome.Refused => RecipientStatus.Failed,
        _ => RecipientStatus.Unknown,
    };

    private long Row(int index) => (long)_page * PageRules.PageSize + index;

    private TextTemplate Text(string text) => _text?.Text == text ? _text : _text = new(text);

    private PageReport Report(bool done, int window) =>
        new() { Done = done, Figures = PageRules.Figures(_progress.Value.Phase, _progress.Value.Marks), Window = window };

    // What could not be saved must not be relied on: the next activation reads what is stored.
    private async Task Save<T>(SavedState<T> state, T next)
        where T : SavedRecord
    {
        try
        {
            await state.Save(next);
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
