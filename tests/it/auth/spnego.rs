//! Two real ends with NTLM inside, where Kerberos stands for what is offered first. Recorded exchanges are elsewhere.

use hyperv_replica::auth::spnego::{MechType, SpnegoAcceptor, SpnegoInitiator};
use hyperv_replica::auth::{
    AcceptStep, Acceptor, Env, Error, Initiator, SecurityContext, Step, UserName,
};
use kerbcore::spnego::{NegState, NegTokenInit, NegTokenResp};
use proptest::prelude::*;

use super::{PASSWORD, USER, acceptor, exchanged, initiator, step};

const NTLM_OID: &[u8] = &[0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A];
const KERBEROS_OID: &[u8] = kerbcore::gss::KRB5_MECH_OID_DER;
const PROOF: &[u8] = b"the host's proof";

/// A mechanism whose first token, which reads "ticket", nobody answers.
pub(super) struct Unknown;

impl Initiator for Unknown {
    fn step(&mut self, token: Option<&[u8]>, _: &mut Env<'_>) -> Result<Step, Error> {
        if token.is_some() { Err(Error::OutOfTurn) } else { Ok(Step::Send(b"ticket".to_vec())) }
    }
}

/// A mechanism that ends with its first token, as Kerberos does without mutual authentication.
struct Ended;

impl Initiator for Ended {
    fn step(&mut self, _: Option<&[u8]>, _: &mut Env<'_>) -> Result<Step, Error> {
        Ok(Step::Done { token: Some(b"ticket".to_vec()), context: exchanged().client })
    }
}

/// A mechanism that ends with a token of the host, as Kerberos does.
struct Mutual<T>(T, Option<SecurityContext>);

impl<T: Initiator> Initiator for Mutual<T> {
    fn step(&mut self, token: Option<&[u8]>, env: &mut Env<'_>) -> Result<Step, Error> {
        if let Some(context) = self.1.take() {
            assert_eq!(token, Some(PROOF));
            return Ok(Step::Done { token: None, context });
        }
        Ok(match self.0.step(token, env)? {
            Step::Done { token: Some(token), context } => {
                self.1 = Some(context);
                Step::Send(token)
            }
            step => step,
        })
    }
}

impl<T: Acceptor> Acceptor for Mutual<T> {
    fn step(&mut self, token: &[u8], env: &mut Env<'_>) -> Result<AcceptStep, Error> {
        Ok(match self.0.step(token, env)? {
            AcceptStep::Done { token: None, context, user } => {
                AcceptStep::Done { token: Some(PROOF.to_vec()), context, user }
            }
            step => step,
        })
    }
}

type Offer = (MechType, Box<dyn Initiator>);
type Service = (MechType, Box<dyn Acceptor>);

fn ntlm() -> Offer {
    (MechType::Ntlm, Box::new(initiator(USER, PASSWORD)))
}

fn unknown() -> Offer {
    (MechType::Kerberos, Box::new(Unknown))
}

fn mutual() -> Offer {
    (MechType::Kerberos, Box::new(Mutual(initiator(USER, PASSWORD), None)))
}

fn ntlm_service() -> Service {
    (MechType::Ntlm, Box::new(acceptor(USER, PASSWORD)))
}

fn mutual_service() -> Service {
    (MechType::Kerberos, Box::new(Mutual(acceptor(USER, PASSWORD), None)))
}

fn client<const N: usize>(offers: [Offer; N]) -> SpnegoInitiator {
    SpnegoInitiator::new(offers.into())
}

fn host<const N: usize>(services: [Service; N]) -> SpnegoAcceptor {
    SpnegoAcceptor::new(services.into())
}

/// Who found the fault.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Client,
    Host,
}

#[derive(Debug)]
struct Ends {
    /// All tokens, the client's and the host's in turn.
    tokens: Vec<Vec<u8>>,
    client: SecurityContext,
    host: SecurityContext,
    user: UserName,
}

/// Runs an exchange in which each token can be altered on its way, by its number.
fn negotiate(
    mut client: SpnegoInitiator,
    mut host: SpnegoAcceptor,
    alter: &mut dyn FnMut(usize, &mut Vec<u8>),
) -> Result<Ends, (By, Error)> {
    let mut tokens = Vec::<Vec<u8>>::new();
    let mut accepted = None;
    loop {
        let heard = tokens.last().map(Vec::as_slice);
        let step_of_client = step(None, |env| client.step(heard, env));
        let (token, established) = match step_of_client.map_err(|error| (By::Client, error))? {
            Step::Send(token) => (Some(token), None),
            Step::Done { token, context } => (token, Some(context)),
            other => panic!("{other:?}"),
        };
        if let Some(mut token) = token {
            assert!(accepted.is_none(), "the host is done and the client is not");
            alter(tokens.len(), &mut token);
            let step_of_host = step(None, |env| host.step(&token, env));
            tokens.push(token);
            let answer = match step_of_host.map_err(|error| (By::Host, error))? {
                AcceptStep::Send(token) => Some(token),
                AcceptStep::Done { token, context, user } => {
                    accepted = Some((context, user));
                    token
                }
                other => panic!("{other:?}"),
            };
            if let Some(mut answer) = answer {
                alter(tokens.len(), &mut answer);
                tokens.push(answer);
            }
        }
        if let Some(client) = established {
            let (host, user) = accepted.expect("the client is done and the host is not");
            return Ok(Ends { tokens, client, host, user });
        }
    }
}

fn undisturbed(client: SpnegoInitiator, host: SpnegoAcceptor) -> Ends {
    negotiate(client, host, &mut |_, _| ()).unwrap()
}

/// Messages go both ways, and the first has this number.
fn assert_sealed(mut ends: Ends, first: u32) {
    assert_eq!(ends.user.to_string(), USER);
    let mut bare = exchanged();
    for n in 0..3 {
        let text = format!("<message n='{n}'/>").into_bytes();
        let request = ends.client.wrap(&text).unwrap();
        assert_eq!(request.header[12..], (first + n).to_le_bytes());
        assert_eq!(ends.host.unwrap(&request.header, &request.ciphertext).unwrap(), text);
        let answer = ends.host.wrap(&text).unwrap();
        assert_eq!(answer.header[12..], (first + n).to_le_bytes());
        assert_eq!(ends.client.unwrap(&answer.header, &answer.ciphertext).unwrap(), text);
        // Signatures leave no trace in the keystream, which with our fixed keys is always the same.
        assert_eq!(request.ciphertext, bare.client.wrap(&text).unwrap().ciphertext);
        assert_eq!(answer.ciphertext, bare.host.wrap(&text).unwrap().ciphertext);
    }
}

fn init(token: &[u8]) -> NegTokenInit {
    NegTokenInit::parse(token).unwrap()
}

fn response(token: &[u8]) -> NegTokenResp {
    NegTokenResp::parse(token).unwrap()
}

/// The names and states of an exchange: `(state, has a mechanism, has a token, has a MIC)`.
fn shapes(ends: &Ends) -> Vec<(NegState, bool, bool, bool)> {
    let responses = ends.tokens[1..].iter().map(|token| response(token));
    responses
        .map(|it| {
            let has = (it.supported_mech.is_some(), it.response_token.is_some());
            (it.neg_state.unwrap(), has.0, has.1, it.mech_list_mic.is_some())
        })
        .collect()
}

/// What the client says to a first answer of the host, or to one after its AUTHENTICATE.
fn client_hears(offers: Vec<Offer>, answers: &[NegTokenResp]) -> Result<Step, Error> {
    let mut client = SpnegoInitiator::new(offers);
    let mut last = step(None, |env| client.step(None, env));
    for answer in answers {
        last.unwrap();
        last = step(None, |env| client.step(Some(&answer.encode()), env));
    }
    last
}

fn answer(state: NegState, mech: &[u8], token: Option<&[u8]>) -> NegTokenResp {
    NegTokenResp {
        neg_state: Some(state),
        supported_mech: Some(mech.to_vec()),
        response_token: token.map(<[u8]>::to_vec),
        mech_list_mic: None,
    }
}

#[test]
fn ntlm_alone_is_signed_on_both_sides() {
    use NegState::{AcceptCompleted, AcceptIncomplete};
    let ends = undisturbed(client([ntlm()]), host([ntlm_service()]));
    assert_eq!(init(&ends.tokens[0]).mech_types, [NTLM_OID]);
    assert_eq!(init(&ends.tokens[0]).mech_token.unwrap(), exchanged().negotiate);
    assert_eq!(
        shapes(&ends),
        [
            (AcceptIncomplete, true, true, false),
            (AcceptIncomplete, false, true, true),
            (AcceptCompleted, false, false, true),
        ]
    );
    // As IIS ends an exchange.
    assert_eq!(
        ends.tokens[3][..17],
        *b"\xA1\x1B\x30\x19\xA0\x03\x0A\x01\x00\xA3\x12\x04\x10\x01\0\0\0"
    );
    assert_sealed(ends, 1);
}

#[test]
fn ntlm_as_the_second_choice_begins_after_the_host_asked_for_signatures() {
    use NegState::{AcceptCompleted, AcceptIncomplete, RequestMic};
    let ends = undisturbed(client([unknown(), ntlm()]), host([ntlm_service()]));
    assert_eq!(init(&ends.tokens[0]).mech_types, [KERBEROS_OID, NTLM_OID]);
    assert_eq!(init(&ends.tokens[0]).mech_token.unwrap(), b"ticket");
    assert_eq!(
        shapes(&ends),
        [
            (RequestMic, true, false, false),
            (AcceptIncomplete, false, true, false),
            (AcceptIncomplete, false, true, false),
            (AcceptIncomplete, false, true, true),
            (AcceptCompleted, false, false, true),
        ]
    );
    assert_sealed(ends, 1);
}

#[test]
fn the_client_decides_which_mechanism_is_better() {
    let services = || host([mutual_service(), ntlm_service()]);
    let ends = undisturbed(client([ntlm(), mutual()]), services());
    assert_eq!(response(&ends.tokens[1]).supported_mech.unwrap(), NTLM_OID);
    assert_sealed(ends, 1);
    let ends = undisturbed(client([mutual(), ntlm()]), services());
    assert_eq!(response(&ends.tokens[1]).supported_mech.unwrap(), KERBEROS_OID);
    assert_sealed(ends, 0);
}

#[test]
fn the_first_choice_that_ends_with_the_host_needs_no_signature() {
    use NegState::{AcceptCompleted, AcceptIncomplete};
    let ends = undisturbed(client([mutual(), ntlm()]), host([mutual_service()]));
    assert_eq!(
        shapes(&ends),
        [
            (AcceptIncomplete, true, true, false),
            (AcceptIncomplete, false, true, false),
            (AcceptCompleted, false, true, false),
        ]
    );
    assert_sealed(ends, 0);
}

#[test]
fn the_second_choice_that_ends_with_the_host_is_signed_by_the_host_first() {
    use NegState::{AcceptCompleted, AcceptIncomplete};
    let offers = [(MechType::Ntlm, unknown().1), mutual()];
    let ends = undisturbed(client(offers), host([mutual_service()]));
    assert_eq!(
        shapes(&ends)[3..],
        [
            (AcceptIncomplete, false, true, false),
            (AcceptIncomplete, false, true, true),
            (AcceptCompleted, false, false, true),
            (AcceptCompleted, false, false, false),
        ]
    );
    assert_sealed(ends, 1);
    // What the host says to the client's signature is not waited for.
    let offers = [(MechType::Ntlm, unknown().1), mutual()];
    let ends = negotiate(client(offers), host([mutual_service()]), &mut |n, token| {
        if n == 7 {
            token.clear();
        }
    });
    assert_sealed(ends.unwrap(), 1);
}

#[test]
fn the_end_of_the_first_choice_counts_only_if_that_is_taken() {
    let ended = || (MechType::Kerberos, Box::new(Ended) as Box<dyn Initiator>);
    let completed = answer(NegState::AcceptCompleted, KERBEROS_OID, None);
    let done = client_hears(vec![ended(), ntlm()], &[completed]).unwrap();
    assert!(matches!(done, Step::Done { token: None, .. }), "{done:?}");
    assert_sealed(undisturbed(client([ended(), ntlm()]), host([ntlm_service()])), 1);
    let completed = answer(NegState::AcceptCompleted, NTLM_OID, None);
    let result = client_hears(vec![ended(), ntlm()], &[completed]);
    assert_eq!(result.unwrap_err(), Error::MechanismIncomplete);
}

#[test]
fn signatures_can_be_asked_for_although_the_first_mechanism_is_taken() {
    let ends = negotiate(client([mutual()]), host([mutual_service()]), &mut |n, token| {
        if n == 1 {
            *token =
                NegTokenResp { neg_state: Some(NegState::RequestMic), ..response(token) }.encode();
        }
    });
    assert_eq!(ends.unwrap_err(), (By::Client, Error::MissingMechListMic));
}

#[test]
fn the_old_name_of_kerberos_is_understood_and_repeated() {
    let at = |token: &[u8]| token.windows(11).position(|it| it == KERBEROS_OID).unwrap() + 5;
    let mut ends = negotiate(client([mutual()]), host([mutual_service()]), &mut |n, token| {
        if n == 0 {
            let at = at(token);
            token[at] = 0x82;
        }
    })
    .unwrap();
    let chosen = response(&ends.tokens[1]).supported_mech.unwrap();
    assert_eq!(chosen, kerbcore::spnego::MS_KRB5_OID_DER);
    let message = ends.client.wrap(b"text").unwrap();
    assert_eq!(ends.host.unwrap(&message.header, &message.ciphertext).unwrap(), b"text");
}

/// What somebody between makes of the client's first token to get the weaker mechanism.
fn without_kerberos() -> Vec<u8> {
    NegTokenInit { mech_types: vec![NTLM_OID.to_vec()], ..NegTokenInit::default() }.encode()
}

#[test]
fn a_host_refuses_a_list_that_was_altered() {
    let result = negotiate(client([mutual(), ntlm()]), host([ntlm_service()]), &mut |n, token| {
        if n == 0 {
            *token = without_kerberos();
        }
    });
    assert_eq!(result.unwrap_err(), (By::Host, Error::WrongMechListMic));
}

#[test]
fn a_client_refuses_a_list_that_was_altered_though_the_host_does_not_notice() {
    let result = negotiate(client([mutual(), ntlm()]), host([ntlm_service()]), &mut |n, token| {
        if n == 0 {
            *token = without_kerberos();
        } else if n == 4 {
            *token = NegTokenResp { mech_list_mic: None, ..response(token) }.encode();
        }
    });
    assert_eq!(result.unwrap_err(), (By::Client, Error::MissingMechListMic));
}

#[test]
fn a_signature_that_is_due_cannot_be_left_out() {
    for (last, by) in [(4, By::Host), (5, By::Client)] {
        let result =
            negotiate(client([unknown(), ntlm()]), host([ntlm_service()]), &mut |n, token| {
                if n == last {
                    *token = NegTokenResp { mech_list_mic: None, ..response(token) }.encode();
                }
            });
        assert_eq!(result.unwrap_err(), (by, Error::MissingMechListMic));
    }
}

#[test]
fn a_wrong_signature_is_refused_even_where_none_is_due() {
    for (last, by) in [(2, By::Host), (3, By::Client)] {
        for at in [0, 5, 12] {
            let result = negotiate(client([ntlm()]), host([ntlm_service()]), &mut |n, token| {
                if n == last {
                    let mut signed = response(token);
                    signed.mech_list_mic.as_mut().unwrap()[at] ^= 1;
                    *token = signed.encode();
                }
            });
            assert_eq!(result.unwrap_err(), (by, Error::WrongMechListMic), "byte {at}");
        }
    }
}

#[test]
fn a_host_that_signs_nothing_is_believed_where_there_was_no_choice() {
    let challenge = exchanged().challenge;
    let completed =
        NegTokenResp { neg_state: Some(NegState::AcceptCompleted), ..NegTokenResp::default() };
    let first = answer(NegState::AcceptIncomplete, NTLM_OID, Some(&challenge));
    let done = client_hears(vec![ntlm()], &[first.clone(), completed.clone()]).unwrap();
    assert!(matches!(done, Step::Done { token: None, .. }), "{done:?}");
    // Nor does it matter what else was offered after it.
    let done = client_hears(vec![ntlm(), unknown()], &[first, completed]).unwrap();
    assert!(matches!(done, Step::Done { token: None, .. }), "{done:?}");
}

#[test]
fn a_host_is_not_believed_before_it_has_proven_itself() {
    use NegState::AcceptCompleted;
    let challenge = exchanged().challenge;
    for early in [
        answer(AcceptCompleted, NTLM_OID, None),
        answer(AcceptCompleted, NTLM_OID, Some(&challenge)),
        NegTokenResp {
            mech_list_mic: Some(vec![1; 16]),
            ..answer(AcceptCompleted, NTLM_OID, None)
        },
    ] {
        let result = client_hears(vec![ntlm()], std::slice::from_ref(&early));
        assert_eq!(result.unwrap_err(), Error::MechanismIncomplete, "{early:?}");
    }
    // The second mechanism has not even begun.
    let early = answer(AcceptCompleted, NTLM_OID, None);
    let result = client_hears(vec![unknown(), ntlm()], &[early]);
    assert_eq!(result.unwrap_err(), Error::MechanismIncomplete);
    // The last token of the mechanism is left out.
    let result = negotiate(client([mutual()]), host([mutual_service()]), &mut |n, token| {
        if n == 3 {
            *token = NegTokenResp { response_token: None, ..response(token) }.encode();
        }
    });
    assert_eq!(result.unwrap_err(), (By::Client, Error::MechanismIncomplete));
}

#[test]
fn a_rejection_is_told_with_the_reason_of_the_mechanism() {
    let reject = |token: Option<&[u8]>| NegTokenResp {
        supported_mech: None,
        ..answer(NegState::Reject, NTLM_OID, token)
    };
    let result = client_hears(vec![ntlm()], &[reject(None)]);
    assert_eq!(result.unwrap_err(), Error::SpnegoRejected);
    let result = client_hears(vec![unknown()], &[reject(Some(b"reason"))]);
    assert_eq!(result.unwrap_err(), Error::OutOfTurn, "the mechanism's own error");
    let result = negotiate(client([ntlm()]), host([ntlm_service()]), &mut |n, token| {
        if n == 2 {
            *token = reject(None).encode();
        }
    });
    assert_eq!(result.unwrap_err(), (By::Host, Error::SpnegoRejected));
}

#[test]
fn only_what_was_offered_can_be_chosen() {
    use NegState::AcceptIncomplete;
    let challenge = exchanged().challenge;
    let foreign = [0x06, 0x01, 0x2A];
    for mech in [KERBEROS_OID, &foreign] {
        let result =
            client_hears(vec![ntlm()], &[answer(AcceptIncomplete, mech, Some(&challenge))]);
        assert_eq!(result.unwrap_err(), Error::MechanismNotOffered);
    }
    // Nor does a host change its mind.
    let first = answer(AcceptIncomplete, NTLM_OID, Some(&challenge));
    let second = answer(AcceptIncomplete, KERBEROS_OID, None);
    let result = client_hears(vec![ntlm(), unknown()], &[first, second]);
    assert_eq!(result.unwrap_err(), Error::MechanismNotOffered);
    // It has to name one.
    let nameless = NegTokenResp {
        supported_mech: None,
        ..answer(AcceptIncomplete, NTLM_OID, Some(&challenge))
    };
    let result = client_hears(vec![ntlm()], &[nameless]);
    assert!(matches!(result, Err(Error::MalformedSpnego(_))), "{result:?}");
    // Both sides must have it.
    let result = negotiate(client([unknown()]), host([ntlm_service()]), &mut |_, _| ());
    assert_eq!(result.unwrap_err(), (By::Host, Error::NoCommonMechanism));
}

#[test]
fn tokens_of_the_mechanism_come_when_they_are_due() {
    use NegState::AcceptIncomplete;
    let challenge = exchanged().challenge;
    let first = answer(AcceptIncomplete, NTLM_OID, Some(&challenge));
    let endless = answer(AcceptIncomplete, NTLM_OID, None);
    for (offers, answers) in [
        (vec![ntlm()], vec![answer(AcceptIncomplete, NTLM_OID, None)]),
        (vec![ntlm()], vec![first.clone(), first.clone()]),
        (vec![ntlm()], vec![first.clone(), endless]),
        (vec![unknown(), ntlm()], vec![first]),
    ] {
        let result = client_hears(offers, &answers);
        assert!(matches!(result, Err(Error::MalformedSpnego(_))), "{answers:?}: {result:?}");
    }
    for (number, token) in [(2, None), (2, Some(&b""[..])), (6, Some(b"more"))] {
        let offers = [(MechType::Ntlm, unknown().1), mutual()];
        let result = negotiate(client(offers), host([mutual_service()]), &mut |n, bytes| {
            if n == number {
                let response_token = token.map(<[u8]>::to_vec);
                *bytes = NegTokenResp { response_token, ..response(bytes) }.encode();
            }
        });
        assert!(matches!(result, Err((By::Host, Error::MalformedSpnego(_)))), "{result:?}");
    }
}

#[test]
fn a_token_that_stands_in_the_place_of_the_signature_is_none() {
    let challenge = exchanged().challenge;
    let old = NegTokenResp {
        mech_list_mic: Some(challenge.clone()),
        ..answer(NegState::AcceptIncomplete, NTLM_OID, Some(&challenge))
    };
    let sent = client_hears(vec![ntlm()], &[old]).unwrap();
    assert!(matches!(sent, Step::Send(_)), "{sent:?}");
}

#[test]
fn a_host_takes_bare_tokens_and_answers_with_bare_tokens() {
    let mut host = host([mutual_service(), ntlm_service()]);
    let mut client = initiator(USER, PASSWORD);
    let negotiate = super::sent(step(None, |env| client.step(None, env)).unwrap());
    let challenge = step(None, |env| host.step(&negotiate, env)).unwrap();
    let AcceptStep::Send(challenge) = challenge else { panic!("{challenge:?}") };
    let done = step(None, |env| client.step(Some(&challenge), env)).unwrap();
    let Step::Done { token: Some(authenticate), context: client } = done else {
        panic!("{done:?}")
    };
    let done = step(None, |env| host.step(&authenticate, env)).unwrap();
    let AcceptStep::Done { token: None, context: host, user } = done else { panic!("{done:?}") };
    assert_sealed(Ends { tokens: Vec::new(), client, host, user }, 0);
}

#[test]
fn a_bare_token_of_kerberos_goes_to_kerberos() {
    struct Recognizes;
    impl Acceptor for Recognizes {
        fn step(&mut self, token: &[u8], _: &mut Env<'_>) -> Result<AcceptStep, Error> {
            Ok(AcceptStep::Send([b"heard: ", token].concat()))
        }
    }
    let token = [&[0x60, 13][..], KERBEROS_OID, &[1, 0]].concat();
    let mut both = host([ntlm_service(), (MechType::Kerberos, Box::new(Recognizes))]);
    for _ in 0..2 {
        let heard = step(None, |env| both.step(&token, env)).unwrap();
        assert!(matches!(heard, AcceptStep::Send(it) if it == [b"heard: ", &token[..]].concat()));
    }
    let result = step(None, |env| host([ntlm_service()]).step(&token, env));
    assert_eq!(result.unwrap_err(), Error::NoCommonMechanism);
}

#[test]
fn nothing_goes_on_after_the_end_or_an_error() {
    let mut ended = client([ntlm()]);
    for token in [Some(&b""[..]), None] {
        assert_eq!(step(None, |env| ended.step(token, env)).unwrap_err(), Error::OutOfTurn);
    }
    let mut refused = client([ntlm()]);
    step(None, |env| refused.step(None, env)).unwrap();
    assert_eq!(step(None, |env| refused.step(None, env)).unwrap_err(), Error::OutOfTurn);
    let mut refused = client([ntlm()]);
    step(None, |env| refused.step(None, env)).unwrap();
    step(None, |env| refused.step(Some(b"?"), env)).unwrap_err();
    for token in [None, Some(&b"?"[..])] {
        assert_eq!(step(None, |env| refused.step(token, env)).unwrap_err(), Error::OutOfTurn);
    }
    let mut refused = host([ntlm_service()]);
    step(None, |env| refused.step(b"?", env)).unwrap_err();
    assert_eq!(step(None, |env| refused.step(b"?", env)).unwrap_err(), Error::OutOfTurn);
}

#[test]
fn a_wrong_password_is_told_as_without_spnego() {
    let offer = (MechType::Ntlm, Box::new(initiator(USER, "wrong")) as Box<dyn Initiator>);
    let result = negotiate(client([offer]), host([ntlm_service()]), &mut |_, _| ());
    assert_eq!(result.unwrap_err(), (By::Host, Error::LogonFailure));
}

#[test]
fn a_token_that_was_cut_is_refused() {
    let whole = undisturbed(client([unknown(), ntlm()]), host([ntlm_service()])).tokens;
    for (number, token) in whole.iter().enumerate() {
        for length in 0..token.len() {
            let result =
                negotiate(client([unknown(), ntlm()]), host([ntlm_service()]), &mut |n, it| {
                    if n == number {
                        it.truncate(length);
                    }
                });
            assert!(result.is_err(), "{length} bytes of token {number}");
        }
    }
}

proptest! {
    #[test]
    fn altered_tokens_do_not_panic(
        number in 0_usize..6,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let alter = &mut |n: usize, token: &mut Vec<u8>| {
            if n == number {
                for (at, byte) in &edits {
                    let at = at.index(token.len());
                    token[at] = *byte;
                }
            }
        };
        // Whoever gets through must be able to talk.
        if let Ok(mut ends) = negotiate(client([unknown(), ntlm()]), host([ntlm_service()]), alter) {
            let message = ends.client.wrap(b"text").unwrap();
            prop_assert_eq!(ends.host.unwrap(&message.header, &message.ciphertext).unwrap(), b"text");
        }
    }

    #[test]
    fn foreign_tokens_do_not_panic(token in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut client = client([unknown(), ntlm()]);
        step(None, |env| client.step(None, env)).unwrap();
        prop_assert!(step(None, |env| client.step(Some(&token), env)).is_err());
        prop_assert!(step(None, |env| host([ntlm_service()]).step(&token, env)).is_err());
    }
}
