using System.Collections.Immutable;
using Connect.Messaging;
using Orleans.Concurrency;

namespace Connect.Campaigns;

/// <summary>One text to many recipients. Key: <c>{accountId}/{campaignId}</c>.</summary>
[Alias("connect.campaigns.ICampaignGrain")]
public interface ICampaignGrain : IGrainWithStringKey
{
    /// <summary>Makes the draft. Repeating it with the same content is harmless.</summary>
    [Alias("create")] Task<CampaignOutcome> Create(CampaignDraft draft);

    /// <summary>
    /// Adds recipients to the draft in the order given, at most 1,000 a call; <paramref name="firstRow"/> is the row of the first one, counted from 0, and makes a repeated call harmless.
    /// Only while the draft's list is open: see <see cref="CloseImport"/>.
    /// </summary>
    [Alias("add-recipients")] Task<CampaignOutcome> AddRecipients(long firstRow, ImmutableArray<RecipientInput> recipients);

    /// <summary>
    /// Closes the draft's list: it has <paramref name="rows"/> rows, and no more are added. Until then the draft can not be sent, so that a list that broke off never is.
    /// <see cref="CampaignOutcome.InvalidRecipients"/> when it has another number of rows. Repeating it is harmless.
    /// </summary>
    [Alias("close-import")] Task<CampaignOutcome> CloseImport(long rows);

    /// <summary>
    /// Changes a campaign that is not sending yet: a draft, or one that is scheduled. What is null stays as it is. Another text has the texts of all rows counted anew, beside all other
    /// calls; until that is done the campaign counts as <see cref="CampaignView.Importing"/> and does not start, also when its time comes.
    /// Refused: <see cref="CampaignOutcome.AlreadyStarted"/> once it sends, <see cref="CampaignOutcome.Ended"/> after that, <see cref="CampaignOutcome.StillImporting"/> for another text while
    /// rows are being added, <see cref="CampaignOutcome.UnknownFields"/> for a text with places that the rows were not kept with, and whatever <see cref="Create"/> refuses in a name, a text
    /// or a time. Then nothing of it is changed. Repeating it is harmless.
    /// </summary>
    [Alias("edit")] Task<CampaignOutcome> Edit(EditCampaign edit);

    /// <summary>
    /// Starts the send, now or at the draft's time. Only a draft with recipients starts, and only once its list is closed (<see cref="CampaignOutcome.StillImporting"/> before);
    /// sending twice reports <see cref="CampaignOutcome.AlreadyStarted"/>.
    /// </summary>
    [Alias("send")] Task<CampaignOutcome> Send(string actor);

    /// <summary>Ends a draft or scheduled campaign, or stops a sending one within seconds: what is on its way to the gateway goes out, what was paid for the rest goes back.</summary>
    [Alias("cancel")] Task<CampaignOutcome> Cancel(string actor);

    /// <summary>The campaign, or null.</summary>
    [AlwaysInterleave, Alias("get")] Task<CampaignView?> Get();

    /// <summary>What sending it would take; null when it has started or ended.</summary>
    [Alias("estimate")] Task<EstimateView?> Estimate();

    /// <summary>
    /// Recipients from a row on, at most 1,000; of all statuses when <paramref name="statuses"/> is empty or left out. A call looks at a bounded number of rows:
    /// with statuses it may find few or none, and <see cref="RecipientsPage.NextCursor"/> then says where to go on.
    /// </summary>
    [AlwaysInterleave, Alias("recipients")] Task<RecipientsPage> Recipients(long fromRow, int limit, ImmutableArray<RecipientStatus> statuses = default);

    /// <summary>
    /// Makes draft <paramref name="newCampaignId"/> of some of this one's recipients, in their order and with their fields. It is there at once, its list still open
    /// (<see cref="CampaignView.Importing"/>), and copies the rows by itself, through any crash.
    /// Null unless this one has ended, or when the new id is that of another campaign. Repeating it with the same new id is harmless.
    /// </summary>
    [Alias("duplicate")] Task<CampaignView?> Duplicate(string newCampaignId, DuplicateOf of, string actor);
}

/// <summary>What a campaign is.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.draft")]
public sealed record CampaignDraft
{
    /// <summary>1 to 100 characters.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The text, with <c>{field}</c> places; 1 to 3 parts for each recipient.</summary>
    [Id(1)] public required string Text { get; init; }

    /// <summary>When to send, UTC; at once when null.</summary>
    [Id(2)] public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>Who made it.</summary>
    [Id(3)] public required string Actor { get; init; }

    /// <summary>The campaign this one was duplicated from.</summary>
    [Id(4)] public string? DuplicateOf { get; init; }

    /// <summary>Which of that campaign's recipients it takes; of no meaning without <see cref="DuplicateOf"/>.</summary>
    [Id(5)] public DuplicateOf DuplicatedRows { get; init; }

    /// <summary>The fields that the rows' values are kept for, in that order; those of <see cref="Text"/> when null. Others stand here once the text was changed behind the rows.</summary>
    [Id(6)] public ImmutableArray<string>? Fields { get; init; }
}

/// <summary>Changes to a campaign that is not sending yet; what is null stays as it is.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.edit")]
public sealed record EditCampaign
{
    /// <summary>Another name: 1 to 100 characters.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>Another text.</summary>
    [Id(1)] public string? Text { get; init; }

    /// <summary>Another time to send, UTC, not in the past. A draft is not scheduled by it: it is when it is sent.</summary>
    [Id(2)] public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>It has no time any more; one that was scheduled is a draft again. Not together with <see cref="ScheduledAt"/>.</summary>
    [Id(3)] public bool ClearSchedule { get; init; }

    /// <summary>Who changes it.</summary>
    [Id(4)] public required string Actor { get; init; }
}

/// <summary>Which recipients of a campaign that has ended a duplicate takes.</summary>
public enum DuplicateOf
{
    /// <summary>Those that received nothing for want of credits or because of a cancel.</summary>
    Remaining = 0,

    /// <summary>Those that the gateway refused.</summary>
    Failed = 1,

    /// <summary>Those of which nobody knows whether they were handed over.</summary>
    Unknown = 2,

    /// <summary>The whole list, skipped rows included: they are looked at anew.</summary>
    All = 3,
}

/// <summary>A recipient as it was given.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.recipient-input")]
public sealed record RecipientInput
{
    /// <summary>Phone number, in any usual form.</summary>
    [Id(0)] public required string To { get; init; }

    /// <summary>Values for the text's places.</summary>
    [Id(1)] public ImmutableDictionary<string, string> Fields { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Why the row can not be read, if so: it then keeps its place in the list and is skipped.</summary>
    [Id(2)] public RowProblem? Problem { get; init; }
}

/// <summary>Why a row of a list can not be read. Stored: do not renumber.</summary>
public enum RowProblem
{
    /// <summary>It has another number of columns than the header line.</summary>
    ColumnCount = 0,

    /// <summary>The number has more than 64 characters.</summary>
    NumberTooLong = 1,

    /// <summary>It has more than 50 fields.</summary>
    TooManyFields = 2,

    /// <summary>The name of a field has more than 64 characters, or its value more than 480.</summary>
    FieldTooLong = 3,
}

/// <summary>How a call on a campaign ended.</summary>
public enum CampaignOutcome
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>There is no such campaign.</summary>
    UnknownCampaign,

    /// <summary>It exists with other content.</summary>
    AlreadyExists,

    /// <summary>It is no longer a draft.</summary>
    NotADraft,

    /// <summary>It is sending, scheduled or ended already.</summary>
    AlreadyStarted,

    /// <summary>It has no recipients.</summary>
    NoRecipients,

    /// <summary>The text is empty.</summary>
    EmptyText,

    /// <summary>The text needs more than three parts.</summary>
    MessageTooLong,

    /// <summary>The name is empty or too long, or the campaign's id is over 100 characters or holds unprintable ones.</summary>
    InvalidName,

    /// <summary>The scheduled time is in the past.</summary>
    InvalidSchedule,

    /// <summary>More recipients in one call than allowed, more than 2,000,000 in all, rows left out, or a recipient with over 50 fields or a value over 500 characters.</summary>
    InvalidRecipients,

    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>Its list is still open: recipients are being added.</summary>
    StillImporting,

    /// <summary>Its list is closed: no recipients can be added.</summary>
    ListClosed,

    /// <summary>The new text has places for fields that the rows of the list are not kept with: only those are kept that the text had when they were added.</summary>
    UnknownFields,
}

/// <summary>Where a campaign stands.</summary>
public enum CampaignStatus
{
    /// <summary>Being written.</summary>
    Draft,

    /// <summary>Waits for its time.</summary>
    Scheduled,

    /// <summary>Under way.</summary>
    Sending,

    /// <summary>Every recipient has an outcome.</summary>
    Completed,

    /// <summary>Credits ran out; the rest received nothing. It never resumes.</summary>
    StoppedOutOfCredits,

    /// <summary>A person ended it.</summary>
    Canceled,
}

/// <summary>A campaign in figures. <c>Total = Sent + Failed + Skipped + Unknown + Remaining</c>.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.view")]
public sealed record CampaignView
{
    /// <summary>Id within the account.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Its text.</summary>
    [Id(2)] public required string Text { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(3)] public required CampaignStatus Status { get; init; }

    /// <summary>When it is to be sent, UTC.</summary>
    [Id(4)] public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>Rows given.</summary>
    [Id(5)] public required long Total { get; init; }

    /// <summary>Handed over to the gateway and accepted.</summary>
    [Id(6)] public required long Sent { get; init; }

    /// <summary>Refused by the gateway; cost nothing.</summary>
    [Id(7)] public required long Failed { get; init; }

    /// <summary>Left out for a reason other than credits (malformed, duplicate, opted out, too long once rendered); cost nothing.</summary>
    [Id(8)] public required long Skipped { get; init; }

    /// <summary>May or may not have been handed over; never sent again. Their credits stay spent. One that a report comes about counts as sent.</summary>
    [Id(9)] public required long Unknown { get; init; }

    /// <summary>Not reached yet, or not reached for want of credits or a cancel.</summary>
    [Id(10)] public required long Remaining { get; init; }

    /// <summary>Credits spent, less those given back.</summary>
    [Id(11)] public required long CreditsUsed { get; init; }

    /// <summary>When it was made, UTC.</summary>
    [Id(12)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    [Id(13)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The campaign this one was duplicated from.</summary>
    [Id(14)] public string? DuplicateOf { get; init; }

    /// <summary>Of those sent: the phone has it.</summary>
    [Id(20)] public long Delivered { get; init; }

    /// <summary>Of those sent: the carrier gave it up.</summary>
    [Id(21)] public long Undelivered { get; init; }

    /// <summary>Since when the send waits for a gateway that is not available, UTC; null when it does not. It goes on by itself, and can be cancelled meanwhile.</summary>
    [Id(22)] public DateTimeOffset? WaitingForGatewaySince { get; init; }

    /// <summary>Its list is still open: rows are being added, <see cref="Total"/> rises, and it can not be sent yet.</summary>
    // Also while the rows are counted anew for another text: see ICampaignGrain.Edit.
    [Id(30)] public bool Importing { get; init; }

    /// <summary>Why rows were skipped; the sum is <see cref="Skipped"/>.</summary>
    [Id(31)] public SkippedBy SkippedBy { get; init; }

    /// <summary>Credits that the rows of the list cost which were not skipped at the import: what a draft takes to be sent.</summary>
    [Id(32)] public long CreditsNeeded { get; init; }

    /// <summary>The texts of all rows are being counted anew, because the text was changed; <see cref="Importing"/> is said as well until that is done.</summary>
    [Id(33)] public bool Counting { get; init; }
}

/// <summary>Rows that were skipped, by reason.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.skipped-by")]
public readonly record struct SkippedBy
{
    /// <summary>The number is malformed.</summary>
    [Id(0)] public long InvalidNumber { get; init; }

    /// <summary>The number stands earlier in the list.</summary>
    [Id(1)] public long Duplicate { get; init; }

    /// <summary>The recipient opted out.</summary>
    [Id(2)] public long OptedOut { get; init; }

    /// <summary>The rendered text is empty or needs more than three parts.</summary>
    [Id(3)] public long TooLong { get; init; }

    /// <summary>The row can not be read.</summary>
    [Id(4)] public long Unreadable { get; init; }
}

/// <summary>What became of one recipient.</summary>
public enum RecipientStatus
{
    /// <summary>Not reached yet.</summary>
    Pending,

    /// <summary>Handed over and accepted.</summary>
    Sent,

    /// <summary>Refused by the gateway.</summary>
    Failed,

    /// <summary>May have been handed over.</summary>
    Unknown,

    /// <summary>The number is malformed.</summary>
    SkippedInvalidNumber,

    /// <summary>The number stands earlier in the list.</summary>
    SkippedDuplicate,

    /// <summary>The recipient opted out.</summary>
    SkippedOptedOut,

    /// <summary>The rendered text is empty or needs more than three parts.</summary>
    SkippedTooLong,

    /// <summary>Not sent: credits ran out before.</summary>
    NotSentOutOfCredits,

    /// <summary>Not sent: the campaign was cancelled before.</summary>
    NotSentCanceled,

    /// <summary>The row can not be read: see <see cref="RecipientView.Problem"/>.</summary>
    SkippedUnreadable,
}

/// <summary>One recipient of a campaign.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.recipient")]
public sealed record RecipientView
{
    /// <summary>Row, from 0.</summary>
    [Id(0)] public required long Row { get; init; }

    /// <summary>The number in E.164, or as given when malformed.</summary>
    [Id(1)] public required string To { get; init; }

    /// <summary>What became of it.</summary>
    [Id(2)] public required RecipientStatus Status { get; init; }

    /// <summary>Credits (parts) its text costs; 0 when unknown or skipped.</summary>
    [Id(3)] public required int Credits { get; init; }

    /// <summary>What was reported about its message.</summary>
    [Id(4)] public DeliveryState Delivery { get; init; }

    /// <summary>Why the row can not be read, if so.</summary>
    [Id(30)] public RowProblem? Problem { get; init; }
}

/// <summary>A slice of a campaign's recipients.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.recipients-page")]
public sealed record RecipientsPage
{
    /// <summary>The recipients by row.</summary>
    [Id(0)] public required ImmutableArray<RecipientView> Recipients { get; init; }

    /// <summary>Pass as <c>fromRow</c> to go on; null at the end.</summary>
    [Id(1)] public long? NextCursor { get; init; }
}

/// <summary>The campaigns of an account, newest first. Key: the account id.</summary>
[Alias("connect.campaigns.ICampaignIndexGrain")]
public interface ICampaignIndexGrain : IGrainWithStringKey
{
    /// <summary>Notes a campaign; repeating is harmless.</summary>
    [Alias("add")] Task Add(string campaignId);

    /// <summary>Ids, newest first, at most <paramref name="limit"/> after skipping <paramref name="skip"/>.</summary>
    [Alias("list")] Task<ImmutableArray<string>> List(int skip, int limit);
}
